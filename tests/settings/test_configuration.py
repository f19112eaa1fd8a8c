"""Whatever is wrong with the configuration is said in a sentence before anything runs."""

import json
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, needs_tesseract

from designspace.planning import memory, model_files
from designspace.settings import configuration, parameters

CONFIG = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
MODEL = {
    "model_type": "qwen3",
    "num_hidden_layers": 2,
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_attention_heads": 4,
    "vocab_size": 600,
    "max_position_embeddings": 8192,
}
PARAMETERS = (ROOT / "config" / "parameters.yaml").read_text()


@pytest.fixture
def config(tmp_path, monkeypatch):
    """The default configuration in a folder where all that it names is there, its model as a local folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.pdf").write_text("%PDF")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "parameters.yaml").write_text(PARAMETERS)
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "tokenizer.json").touch()
    (tmp_path / "model" / "model.safetensors").write_bytes(safetensors({}))
    (tmp_path / "model" / "config.json").write_text(json.dumps(MODEL))
    return deepcopy(CONFIG) | {"model": CONFIG["model"] | {"name": "model"}}


def safetensors(tensors):
    """A safetensors file of tensors of bytes, {name: how many}."""
    header, end = {}, 0
    for name, size in tensors.items():
        header[name] = {"dtype": "U8", "shape": [size], "data_offsets": [end, end + size]}
        end += size
    header = json.dumps(header).encode()
    return len(header).to_bytes(8, "little") + header + bytes(end)


def sentences(config):
    with pytest.raises(ValueError) as caught:
        configuration.check(config)
        configuration.plan(config)
    return str(caught.value).splitlines()


def test_the_default_configuration_is_right(config):
    configuration.check(config)
    assert CONFIG["model"]["name"] == "Qwen/Qwen3-32B"


@needs_tesseract
def test_ocr_without_tesseract_is_one_sentence(config, monkeypatch):
    config["ocr"] = True
    configuration.check(config)
    monkeypatch.setenv("PATH", "/nowhere")
    (said,) = sentences(config)
    assert said.startswith("config: `ocr` is true, and the program tesseract, which reads scans, is not here; install")


def test_the_embedded_model_need_not_be_there_yet(config):
    config["model"]["name"] = "resources/models/SmolLM2-135M-Instruct/"
    configuration.check(config)


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
    (said,) = sentences(config)
    assert said.startswith(sentence)
    assert said.endswith(".")


@pytest.mark.parametrize("section", [None, "model", "memory", "extraction", "discovery"])
def test_every_key_is_needed(config, section):
    for key in list(config[section] if section else config):
        broken = deepcopy(config)
        del (broken[section] if section else broken)[key]
        (said,) = sentences(broken)
        assert f"has no `{key}`; it must be " in said


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
    config["extraction"]["max_new_tokens"], config["discovery"]["max_new_tokens"] = 527, 383
    extraction, discovery = sentences(config)
    assert extraction.startswith(
        "config: `extraction.max_new_tokens` is 527, which leaves each of the 32 parameters 15 "
    )
    assert extraction.endswith("at least 16 are needed; set it to 528 or more, or have fewer parameters.")
    assert discovery.endswith("at least 64 are needed; set it to 384 or more, or have fewer categories.")
    config["extraction"]["max_new_tokens"], config["discovery"]["max_new_tokens"] = 528, 384
    configuration.check(config)


@pytest.mark.parametrize(
    ("library", "sentence"),
    [
        ("- {name: a, kind: int, definition: x}", '`kind` of the parameter `a` is "int"'),
        (
            "- {name: a, kind: integr, definition: x}",
            '"integr"; it must be integer, number, string, boolean or category.',
        ),
        ("- {name: a, kind: integer}", "the parameter `a` has no `definition`; it must be a sentence that says"),
        ("- {kind: integer, definition: x}", "entry 1 has no `name`; it must be a name in snake_case"),
        (
            "- {name: nTotal, kind: integer, definition: x}",
            '`name` of entry 1 is "nTotal"; it must be a name in snake_case',
        ),
        ("- {name: paper, kind: integer, definition: x}", "other than paper"),
        ("- {name: experiment, kind: integer, definition: x}", "other than paper and experiment"),
        (
            "- {name: a, kind: integer, definition: x, units: cm}",
            "`units` is not a key of the parameter `a` (did you mean unit?)",
        ),
        (
            "- {name: a, kind: integer, definition: x, multiple: 1}",
            "`multiple` of the parameter `a` is 1; it must be true or",
        ),
        ("- {name: a, kind: category, definition: x}", "the category `a` has no `values`"),
        (
            "- {name: a, kind: category, definition: x, values: []}",
            "`values` of the parameter `a` is []; it must be a list",
        ),
        (
            "- {name: a, kind: category, definition: x, values: [yes]}",
            "entry 1 of `values` of the parameter `a` is true; it must",
        ),
        ("- {name: a, kind: category, definition: x, values: ['\"']}", "entry 1 of `values` of the parameter `a` is"),
        ("- {name: a, kind: category, definition: x, values: [b; c]}", "entry 1 of `values` of the parameter `a` is"),
        ("- {name: a, kind: number, definition: x, values: [b]}", "`a` has `values` but is of kind number"),
        (
            "- {name: a, kind: number, definition: x}\n- {name: a, kind: string, definition: y}",
            "two parameters have the name `a`",
        ),
        ("- just a text", 'entry 1 is "just a text"; it must be a mapping with the keys name, kind and definition.'),
        ("a: b", 'parameters.yaml: it is {"a": "b"}; it must be a list of at least one parameter.'),
        ("[]", "it is []; it must be a list of at least one parameter."),
        ("", "it is null; it must be a list of at least one parameter."),
        ("- {name: a, kind", "is not valid YAML: while parsing a flow mapping"),
    ],
)
def test_a_wrong_parameter_library_is_one_sentence(config, library, sentence):
    with open(config["parameters"], "w") as file:
        file.write(library)
    (said,) = sentences(config)
    assert sentence in said
    assert "config/parameters.yaml" in said


def test_wrong_corrections_are_one_sentence(config, tmp_path):
    (tmp_path / "config" / "corrections.csv").write_text("paper,parameter,value\nsmith_2019,n_total,many\n")
    said = 'config/corrections.csv, row 2: `value` of n_total is "many"; it must be a whole number.'
    assert sentences(config) == [said]


def test_wrong_or_missing_gold_is_one_sentence(config, tmp_path):
    config["gold"] = "gold.csv"
    assert sentences(config) == ["There is no gold.csv: make it, or set `gold` to null."]
    (tmp_path / "gold.csv").write_text("paper,parameter,value\nsmith_2019,handedness,both\n")
    (said,) = sentences(config)
    assert said.startswith('gold.csv, row 2: `value` of handedness is "both"; it must be one of right, left, mixed')


def test_an_example_in_a_definition_is_warned_of(config, capsys):
    assert parameters.example_warnings(yaml.safe_load(PARAMETERS), "") == []
    library = (
        "- {name: range, kind: string, definition: 'Ages, e.g. 18-34.'}\n- {name: a, kind: boolean, definition: x}"
    )
    Path(config["parameters"]).write_text(library)
    configuration.check(config)
    (warning,) = capsys.readouterr().err.splitlines()
    assert "config/parameters.yaml: the definition of `range` has an example ('e.g. 18-34')" in warning


def test_a_parameter_library_that_cannot_be_read(config, tmp_path):
    config["parameters"] = "nowhere.yaml"
    assert sentences(config)[0].startswith("The parameter library nowhere.yaml (config: `parameters`) cannot be read")
    (tmp_path / "nowhere.yaml").write_bytes(b"\xff\xfe\xff")
    assert "nowhere.yaml" in sentences(config)[0]


def test_the_parameter_library_as_it_is():
    loaded = parameters.load(ROOT / "config" / "parameters.yaml")
    assert len(loaded) == 32
    assert loaded == yaml.safe_load(PARAMETERS)


@pytest.mark.parametrize("name", ["nobody/nothing", "not a name", "a/b/c", "/nowhere/at/all"])
def test_an_unknown_model_is_one_sentence(config, name):
    config["model"]["name"] = name
    (said,) = sentences(config)
    assert said.startswith(f"The model {name} is not a folder here, not in the cache")


def test_a_model_folder_without_or_with_a_broken_config(config, tmp_path):
    (tmp_path / "model" / "config.json").write_text("{")
    assert "model/config.json, cannot be read" in sentences(config)[0]
    (tmp_path / "model" / "config.json").unlink()
    assert sentences(config)[0].startswith("The model folder model has no config.json")


@pytest.mark.parametrize("file", ["tokenizer.json", "model.safetensors"])
def test_a_model_folder_without_tokenizer_or_weights(config, tmp_path, file):
    (tmp_path / "model" / file).unlink()
    assert sentences(config)[0].startswith("The model folder model has no")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda whole: None, "The model file model/model-2.safetensors is not there, and model.safetensors.index.json"),
        (
            lambda whole: whole[:-1],
            "The model file model/model-2.safetensors has 79 bytes and not 80: it was cut short",
        ),
        (lambda whole: b"", "The model file model/model-2.safetensors is damaged"),
        (lambda whole: b"<html>Please log in to download.</html>", "The model file model/model-2.safetensors is damag"),
        (lambda whole: whole[:8] + b"x" * 62 + whole[70:], "The model file model/model-2.safetensors is damaged"),
        (lambda whole: safetensors({"c": 10}), "The model file model/model-2.safetensors has no tensor b"),
    ],
)
def test_a_missing_or_damaged_shard_is_named_before_anything_runs(config, tmp_path, damage, sentence):
    folder = tmp_path / "model"
    (folder / "model.safetensors").unlink()
    weights = {"a": "model-1.safetensors", "b": "model-2.safetensors"}
    for name, file in weights.items():
        (folder / file).write_bytes(safetensors({name: 10}))
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weights}))
    configuration.check(config)
    whole = (folder / "model-2.safetensors").read_bytes()
    (folder / "model-2.safetensors").unlink()
    if (damaged := damage(whole)) is not None:
        (folder / "model-2.safetensors").write_bytes(damaged)
    assert sentences(config)[0].startswith(sentence)
    assert sentences(config)[0].endswith("download the model again.")
    (folder / "model.safetensors.index.json").write_text("{")
    assert sentences(config)[0].startswith("The model file model/model.safetensors.index.json is damaged")


def test_a_model_of_the_hubs_cache_needs_no_network(config, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    repository = tmp_path / "hub" / "models--org--name"
    (repository / "snapshots" / "abc").mkdir(parents=True)
    (repository / "snapshots" / "abc" / "config.json").write_text(json.dumps(MODEL))
    (repository / "snapshots" / "abc" / "tokenizer.json").touch()
    (repository / "snapshots" / "abc" / "model.safetensors").write_bytes(safetensors({"a": 10}))
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    assert model_files.model_config("org/name") == MODEL
    config["model"]["name"] = "org/name"
    configuration.check(config)
    weights = {"a": "model-1.safetensors", "b": "model-2.safetensors"}
    (repository / "snapshots" / "abc" / "model.safetensors").rename(repository / "snapshots/abc/model-1.safetensors")
    (repository / "snapshots" / "abc" / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weights}))
    assert re.match(r"The model file \S+/model-2.safetensors is not there", sentences(config)[0])
    (repository / "snapshots" / "abc" / "model.safetensors.index.json").unlink()
    (repository / "snapshots" / "abc" / "model-1.safetensors").unlink()
    assert sentences(config)[0].startswith("The model org/name has no weights (*.safetensors) in the cache")
    monkeypatch.setattr(
        "huggingface_hub.constants.HF_HUB_OFFLINE", False
    )  # then the job that loads them downloads them
    model_files.check_files("org/name")
    config["model"]["revision"] = "v2"
    assert sentences(config)[0].startswith("The model org/name at revision v2 is not")


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"sliding_window": 4096}, "The model model has layers of the kind sliding_attention, and only full attention"),
        ({"layer_types": ["linear_attention", "full_attention"]}, "The model model has layers of the kind linear_att"),
        ({"model_type": "jamba"}, "The model model (jamba) has recurrent layers"),
        ({"attn_logit_softcapping": 50.0}, "The model model caps its attention scores (attn_logit_softcapping)"),
        ({"hidden_size": 65536}, "The model does not fit: weights"),
    ],
)
def test_a_model_that_is_not_served_or_does_not_fit(config, tmp_path, more, sentence):
    (tmp_path / "model" / "config.json").write_text(json.dumps(MODEL | {"intermediate_size": 65536} | more))
    (tmp_path / "model" / "model.safetensors").rename(tmp_path / "model" / "part.safetensors")  # its header is not read
    config["memory"]["capacity"] = "40GiB"
    assert sentences(config)[0].startswith(sentence)
    (tmp_path / "model" / "config.json").write_text(json.dumps(MODEL | {"use_sliding_window": False}))
    configuration.check(config)


def test_all_recurrent_models_that_transformers_knows_are_refused():
    import transformers
    from transformers.models.auto import configuration_auto, modeling_auto

    checked = set()
    for family in modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        module = configuration_auto.model_type_to_module_name(family)
        code = Path(transformers.__file__).parent / "models" / module / f"modeling_{module}.py"
        if code.exists() and "_is_stateful = True" in code.read_text("utf-8"):
            checked.add(family)
            with pytest.raises(model_files.ModelError, match="choose a model with full attention"):
                model_files.check_attention(transformers.AutoConfig.for_model(family).to_dict(), family)
    assert checked >= model_files.RECURRENT_FAMILIES


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
