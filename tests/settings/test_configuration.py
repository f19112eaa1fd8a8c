"""Errors in the configuration are reported in one sentence each, before any job starts."""

import subprocess
import sys
from copy import deepcopy

import pytest
from configurations import CONFIG, make_config, sentences
from conftest import ROOT, needs_tesseract

from designspace.planning import memory
from designspace.settings import configuration


@pytest.fixture
def config(tmp_path, monkeypatch):
    return make_config(tmp_path, monkeypatch)


def test_the_default_configuration_is_right(config):
    configuration.check(config)
    assert CONFIG["model"]["name"] == "Qwen/Qwen3-32B"


@needs_tesseract
def test_ocr_without_tesseract_is_one_sentence(config, monkeypatch):
    config["ocr"] = True
    configuration.check(config)
    monkeypatch.setenv("PATH", "/nowhere")
    (message,) = sentences(config)
    assert message.startswith(
        "config: `ocr` is true, and the program tesseract, which reads scans, is not here; install"
    )


@pytest.mark.parametrize(
    ("keys", "value", "sentence"),
    [
        (
            "paper",
            "x",
            "config: `paper` is not a key (did you mean papers?); the keys are papers, results, parameters,",
        ),
        (
            "model.dtyp",
            "x",
            "config: `dtyp` is not a key of `model` (did you mean dtype?); the keys are name, revision,",
        ),
        (
            "model.dtype",
            "bfloat",
            'config: `model.dtype` is "bfloat"; it must be float32, bfloat16 or float16.',
        ),
        ("model.device", "gpu", 'config: `model.device` is "gpu"; it must be cuda or cpu.'),
        ("model.name", 7, "config: `model.name` is 7; it must be the name of a model on the hub or a local folder."),
        (
            "model",
            None,
            "config: `model` is null; it must be a mapping with the keys name, revision, dtype, device,",
        ),
        ("papers_per_job", 0, "config: `papers_per_job` is 0; it must be a whole number of at least 1."),
        ("minutes_per_paper", 0, "config: `minutes_per_paper` is 0; it must be a number of minutes above 0."),
        (
            "papers_at_once",
            "all",
            'config: `papers_at_once` is "all"; it must be a whole number of at least 1 or auto.',
        ),
        ("papers_at_once", 0, "config: `papers_at_once` is 0; it must be a whole number of at least 1 or auto."),
        ("papers_per_job", 4.0, "config: `papers_per_job` is 4.0; it must be a whole number of at least 1."),
        ("papers_per_job", True, "config: `papers_per_job` is true; it must be a whole number of at least 1."),
        (
            "memory.capacity",
            80,
            "config: `memory.capacity` is 80; it must be a size such as 79.25GiB, 24GB or 16000MiB.",
        ),
        ("memory.reserve", "2 Gb", 'config: `memory.reserve` is "2 Gb"; it must be a size such as 79.25GiB'),
        ("memory.allocator", "x; rm -rf /", "config: `memory.allocator` is"),
        (
            "memory.token_budget",
            10,
            "config: `memory.token_budget` is 10; it must be a whole number of at least 256 tokens",
        ),
        (
            "extraction.min_confidence",
            "5e-3",
            'config: `extraction.min_confidence` is "5e-3"; it must be a number from 0 to',
        ),
        (
            "extraction.min_confidence",
            float("nan"),
            "config: `extraction.min_confidence` is NaN; it must be a number from 0",
        ),
        ("minutes_per_paper", float("inf"), "config: `minutes_per_paper` is Infinity; it must be a number of minutes"),
        ("extraction.reasoning", "yes", 'config: `extraction.reasoning` is "yes"; it must be true or false.'),
        ("discovery.categories", [], "config: `discovery.categories` is []; it must be a list of different names"),
        (
            "discovery.categories",
            ["a", "a"],
            'config: `discovery.categories` is ["a", "a"]; it must be a list of different',
        ),
        (
            "discovery.categories",
            ["ok", "Not ok"],
            'config: entry 2 of `discovery.categories` is "Not ok"; it must be a name',
        ),
        ("discovery.categories", ["ok\n"], "config: entry 1 of `discovery.categories` is"),
    ],
)
def test_a_wrong_key_or_value_is_one_sentence(config, keys, value, sentence):
    *sections, key = keys.split(".")
    section = config
    for name in sections:
        section = section[name]
    section[key] = value
    (message,) = sentences(config)
    assert message.startswith(sentence)
    assert message.endswith(".")


@pytest.mark.parametrize("section", [None, "model", "memory", "extraction", "discovery"])
def test_every_key_is_needed(config, section):
    for key in list(config[section] if section else config):
        broken = deepcopy(config)
        del (broken[section] if section else broken)[key]
        (message,) = sentences(broken)
        assert f"has no `{key}`; it must be " in message


def test_all_that_is_wrong_is_said_at_once(config):
    config["papers_per_job"], config["model"]["device"], config["nots"] = 0, "tpu", ""
    assert len(sentences(config)) == 3


def test_a_configuration_that_is_no_mapping():
    assert sentences(["papers"]) == [
        'config: it is ["papers"]; it must be a mapping with the keys of config/config.yaml.'
    ]


def test_missing_folder_and_no_pdf(config, tmp_path):
    (tmp_path / "papers" / "a.pdf").rename(tmp_path / "papers" / "a.txt")
    assert "the folder papers (`papers`) has no PDF in it" in sentences(config)[0]
    config["papers"] = "nowhere"
    assert "the folder nowhere (`papers`) does not exist" in sentences(config)[0]


def test_caps_leave_every_branch_its_tokens(config):
    config["extraction"]["max_new_tokens"], config["discovery"]["max_new_tokens"] = 575, 383
    extraction, discovery = sentences(config)
    assert extraction.startswith(
        "config: `extraction.max_new_tokens` is 575, which leaves each of the 34 parameters 15 "
    )
    assert extraction.endswith("at least 16 are needed; set it to 576 or more, or have fewer parameters.")
    assert discovery.endswith("at least 64 are needed; set it to 384 or more, or have fewer categories.")
    config["extraction"]["max_new_tokens"], config["discovery"]["max_new_tokens"] = 576, 384
    configuration.check(config)


def test_sizes_of_the_schema_are_sizes_of_the_planner(config):
    config["memory"]["reserve"] = "1B"
    for size in ("79.25GiB", "24 GB", "16000MiB"):
        config["memory"]["capacity"] = size
        configuration.check(config)
        assert memory.parse_size(size) > 0


def test_importing_is_quick():
    """The Snakefile imports these whenever it is parsed, by every job: nothing heavy may come with them."""
    code = (
        "import sys; sys.path.insert(0, 'scripts'); from designspace.planning import memory;"
        "from designspace.project import ledger; from designspace.settings import configuration;"
        "print({'torch', 'transformers', 'pandas', 'jsonschema', 'huggingface_hub', 'numpy'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "set()\n"
