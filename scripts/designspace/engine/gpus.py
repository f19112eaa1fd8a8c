"""Whether this machine has the GPUs that a job was planned for, and what its kernels need."""

import os
import shutil
import subprocess

import torch

from designspace.planning import model_files

OLDEST_GPU = (8, 0)  # in compute capability: the kernels of the attention compute in bfloat16
OLDEST_GPU_FP8 = (8, 9)  # Ada and Hopper were the first with tensor cores for e4m3


def check_compiler(device: str, attention: str) -> None:
    """Raise model_files.ModelError if the fused kernels cannot be compiled."""
    compilers = [os.environ.get("CC", "gcc"), "gcc", "clang"]  # where Triton looks
    if device == "cuda" and attention == "fused" and not any(map(shutil.which, compilers)):
        raise model_files.ModelError(
            "The fused kernels need a C compiler (gcc or clang), and there is none on this machine: load one (on many "
            "clusters: module load gcc), or set `model.attention` to plain, which is slower."
        )


def check_fp8(gpus: int) -> None:
    """Raise model_files.ModelError if a GPU cannot multiply weights of eight-bit floating point."""
    for gpu in range(gpus):
        if (capability := torch.cuda.get_device_capability(gpu)) < OLDEST_GPU_FP8:
            raise model_files.ModelError(
                f"`model.quantization` is fp8, which needs a GPU of compute capability "
                f"{'.'.join(map(str, OLDEST_GPU_FP8))} or newer (L4, L40S, RTX 40, H100), and the "
                f"{torch.cuda.get_device_name(gpu)} here is of {'.'.join(map(str, capability))}: set "
                f"`model.quantization` to int8, or choose another GPU."
            )


def check_gpus(gpus: int, capacity: int, reserve: int) -> None:
    """Raise model_files.ModelError if the GPUs differ from what the memory was planned for: missing, too old, too
    small, or in use."""
    if torch.cuda.device_count() < gpus:
        seen = torch.cuda.device_count() or "none"
        raise model_files.ModelError(
            f"The configuration asks for a GPU (`model.device` is cuda, `model.gpus` {gpus}), and PyTorch sees {seen} "
            f"here; run it where there are as many, or set `model.device` to cpu for a small model."
        )
    for gpu in range(gpus):
        check_gpu(gpu, capacity, reserve)


def check_gpu(gpu: int, capacity: int, reserve: int) -> None:
    """Raise model_files.ModelError if the GPU differs from what the memory was planned for."""
    try:
        name, capability = torch.cuda.get_device_name(gpu), torch.cuda.get_device_capability(gpu)
        torch.ones(1, device=f"cuda:{gpu}").sum().item()
        free, total = torch.cuda.mem_get_info(gpu)
    except RuntimeError as error:
        raise model_files.ModelError(
            f"PyTorch cannot compute on the GPU here: {error}. Choose another GPU, or check its driver with nvidia-smi."
        ) from error
    if capability < OLDEST_GPU:
        raise model_files.ModelError(
            f"The GPU, {name}, is of compute capability {'.'.join(map(str, capability))}, and at least "
            f"{'.'.join(map(str, OLDEST_GPU))} is needed (A100 and newer): choose another GPU."
        )
    size, planned = f"{total / 2**30:.2f} GiB", f"{capacity / 2**30:.2f} GiB"
    if total < capacity:
        raise model_files.ModelError(
            f"The GPU, {name}, has {size}, and the memory is planned for {planned} (`memory.capacity`): choose a GPU "
            f"with as much, or set `memory.capacity` to {total >> 20}MiB or less."
        )
    if free < capacity - reserve:
        raise model_files.ModelError(
            f"Of the {size} of the GPU, {name}, only {free / 2**30:.2f} GiB are free, and the memory is planned for "
            f"{planned} (`memory.capacity`): end the other processes that use it, which nvidia-smi shows, or choose "
            f"another GPU."
        )


def obstacle_to_processes() -> str:
    """Why two processes cannot use the GPU at the same time, as a sentence; empty if they can. This function does not
    use the GPU."""
    query = ["nvidia-smi", "--query-gpu=compute_mode", "--format=csv,noheader"]
    modes = subprocess.run(query, capture_output=True, text=True).stdout.split("\n") if shutil.which(query[0]) else []
    exclusive = [mode.strip() for mode in modes if mode.startswith("Exclusive")]
    return f"The GPU serves one process at a time (compute mode {exclusive[0]})." if exclusive else ""
