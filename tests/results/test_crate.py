"""ro-crate-metadata.json is an RO-Crate 1.1 that says where the tables come from, and true of the files."""

import hashlib
import json
import re

import pytest
from made_up_run import full_run

from designspace import __version__
from designspace.results import tables


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    run = full_run(tmp_path_factory.mktemp("crate"))
    run.corrections.write_text(
        "paper,parameter,value,reviewer,date\nzhou_2020,n_total,159,A “B”,2026-01-02\nzhou_2020,software,R,,\n"
    )
    for record in run.batches["extraction", "b0001"]:
        record |= {"model": "Qwen/Qwen3-32B", "revision": "abc", "software": "torch 2"}
    run.write().merge()
    return run


@pytest.fixture(scope="module")
def graph(run):
    """The entities by their ids, which are unique."""
    made = json.loads((run.results / "ro-crate-metadata.json").read_text("utf-8"))
    assert made["@context"][0] == "https://w3id.org/ro/crate/1.1/context" and made.keys() == {"@context", "@graph"}
    entities = {entity["@id"]: entity for entity in made["@graph"]}
    assert len(entities) == len(made["@graph"])
    return entities


def references(entity):
    for value in entity.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                assert one.keys() == {"@id"}, "the graph is flat"
                yield one["@id"]


def test_the_crate_has_the_form_of_version_1_1(graph):
    head, root = graph["ro-crate-metadata.json"], graph["./"]
    assert (head["@type"], head["about"]) == ("CreativeWork", {"@id": "./"})
    version = head["conformsTo"]["@id"]
    assert version == "https://w3id.org/ro/crate/1.1"
    assert root["@type"] == "Dataset" and root["name"] and root["description"] and root["license"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", root["datePublished"])
    for name, entity in graph.items():
        assert entity["@type"] and (name.startswith(("#", "./")) or entity["@type"] != "Dataset")
        assert set(references(entity)) <= {*graph, version}, "what is referred to is there"
    referred = {one for entity in graph.values() for one in references(entity)}
    assert referred | {"ro-crate-metadata.json"} == {*graph, version}, "and all is referred to"


def test_its_files_are_those_of_the_folder_with_their_checksums(run, graph):
    files = {name: entity for name, entity in graph.items() if entity["@type"] == "File"}
    assert {part["@id"] for part in graph["./"]["hasPart"]} == files.keys()
    beside = {path.name for path in run.results.iterdir() if path.is_file()}
    assert files.keys() == beside - {"ledger.csv", "ro-crate-metadata.json"}
    for name, entity in files.items():
        assert entity["sha256"] == hashlib.sha256((run.results / name).read_bytes()).hexdigest()
        assert entity["description"].endswith(".") and "/" in entity["encodingFormat"]


def test_it_says_what_was_read_by_what_and_who_reviewed(run, graph):
    made = graph["#run"]
    papers = tables.read_csv(run.results / "papers.csv")
    *read, library = [graph[one["@id"]] for one in made["object"]]
    assert [(one["name"], one["sha256"]) for one in read] == papers[["file", "sha256"]].apply(tuple, axis=1).tolist()
    assert library["sha256"] == hashlib.sha256(run.parameters.read_bytes()).hexdigest()
    software, model = [graph[one["@id"]] for one in made["instrument"]]
    assert (software["name"], software["version"]) == ("Designspace", __version__)
    assert (model["name"], model["version"], model["softwareRequirements"]) == ("Qwen/Qwen3-32B", "abc", "torch 2")
    unnamed, other = [one for one in graph.values() if one["@type"] == "UpdateAction"]
    assert graph[other["agent"]["@id"]]["name"] == "A “B”" and graph[unnamed["agent"]["@id"]]["name"] == "unnamed"
    assert (other["name"], other["startTime"], other["endTime"]) == ("Review, marks: 1", "2026-01-02", "2026-01-02")
    assert "startTime" not in unnamed
