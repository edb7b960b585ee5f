"""Check the property files of this dbt project, and the structure they describe.

dbt reports a misspelt key such as ``descripton:`` only for four warehouses, and
DuckDB is not one of them: the text is read, ignored and lost. This tool validates
every property file against the JSON schemas that dbt-core bundles, and then checks
the rules of this project that no dbt command checks.

Usage: ``python tools/check_property_files.py [PROJECT_DIR]``

One line per finding, ``path:line: message, remedy``. Exit code 1 if there is one.

To add a rule, write a function that takes a `Project` and yields `Finding` objects,
say why in its docstring, and add it to `RULES` at the end of the file.
"""

from __future__ import annotations

import copy
import csv
import dataclasses
import difflib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import yaml

KeyPath = tuple[str | int, ...]
Schema = dict[str, Any]

PROPERTY_FOLDERS = ("models", "python_models", "seeds", "macros", "tests", "analyses")
EXCLUDED_FOLDERS = ("tests/fixtures", "tests/python")
CONTRACTED_LAYERS = ("features", "marts")
PREFIX_OF_LAYER = {"base": "base_", "staging": "stg_", "intermediate": "int_"}
REFUSED_MART_PREFIXES = ("dim_", "fct_")
COMBINATION_TEST = "unique_combination"
SHARED_TEXT_LENGTH = 30
# Split so that this line is not a finding itself.
UNFINISHED = re.compile(r"\bTO" + r"DO\b")


@dataclass(frozen=True, order=True)
class Finding:
    """One violation: where it is, and what to do about it."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


# ----------------------------------------------------------------------------------
# Reading
# ----------------------------------------------------------------------------------


class PropertyLoader(yaml.SafeLoader):
    """PyYAML without its two surprises: dates stay text, and so do keys.

    The schemas expect text for dates, and a key such as ``on`` or ``2024`` must be
    named in a finding as it was written.
    """

    yaml_implicit_resolvers: ClassVar = {
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag != "tag:yaml.org,2002:timestamp"
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        self.flatten_mapping(node)
        mapping = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    problem="a mapping used as a key", problem_mark=key.start_mark
                )
            mapping[key.value] = self.construct_object(value, deep=deep)
        return mapping


@dataclass
class PropertyFile:
    """One YAML file: its data, and the nodes that know the line numbers."""

    path: str
    data: Any = None
    node: yaml.Node | None = None
    problems: list[Finding] = field(default_factory=list)

    @classmethod
    def read(cls, root: Path, path: Path) -> PropertyFile:
        """Read a file; text that is no YAML becomes a problem, not a crash."""
        file = cls(path.relative_to(root).as_posix())
        try:
            loader = PropertyLoader(path.read_text(encoding="utf-8"))
            file.node = loader.get_single_node()
            if file.node is not None:
                # Before construction: it drops duplicates and merges `<<` in place.
                file.problems = list(find_duplicate_keys(file.path, file.node, set()))
                file.data = loader.construct_document(file.node)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            message = f"not valid YAML ({error.problem}), quote the text if it is Jinja"
            file.problems.append(
                Finding(file.path, mark.line + 1 if mark else 1, message)
            )
        except (UnicodeDecodeError, yaml.reader.ReaderError):
            file.problems.append(
                Finding(file.path, 1, "not UTF-8 text, save it as UTF-8")
            )
        return file

    def line(self, path: KeyPath) -> int:
        """Line of the key or list item at `path`; of its nearest parent if absent."""
        node, line = self.node, 1
        for part in path:
            if isinstance(node, yaml.MappingNode):
                pairs = [pair for pair in node.value if pair[0].value == part]
                if not pairs:
                    break
                key, node = pairs[-1]
                line = key.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
                node = node.value[part]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def place(self, path: KeyPath) -> str:
        """`path` in words, with names for positions: ``models[a].columns[b]``."""
        place, data = "", self.data
        for part in path:
            data = data[part]
            if isinstance(part, int):
                name = data.get("name") if isinstance(data, dict) else None
                place += f"[{name or part}]"
            else:
                place += f".{part}" if place else part
        return place or "the file"

    def finding(self, path: KeyPath, message: str) -> Finding:
        return Finding(self.path, self.line(path), message)


def find_duplicate_keys(
    path: str, node: yaml.Node, seen: set[int]
) -> Iterator[Finding]:
    """Keys written twice in one mapping: PyYAML keeps the last and says nothing."""
    if id(node) in seen:  # an alias leads to a node that was visited already
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        first_lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in first_lines:
                    first = first_lines[key.value]
                    message = f"duplicate key `{key.value}`, merge it with line {first}"
                    yield Finding(path, line, message)
                first_lines.setdefault(key.value, line)
            yield from find_duplicate_keys(path, value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from find_duplicate_keys(path, item, seen)


@dataclass(frozen=True)
class Entry:
    """One item of a property file: a model, a column, a source table, ..."""

    file: PropertyFile
    path: KeyPath
    data: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.data.get("name", ""))

    @property
    def description(self) -> str:
        return str(self.data.get("description") or "")

    @property
    def config(self) -> dict[str, Any]:
        config = self.data.get("config")
        return config if isinstance(config, dict) else {}

    @property
    def place(self) -> str:
        return f"{self.file.path}:{self.file.line(self.path)}"

    def items(self, key: str) -> list[Entry]:
        """The mappings in the list under `key`."""
        return list(entries_of(self.file, (*self.path, key), self.data.get(key)))

    def finding(self, message: str) -> Finding:
        return self.file.finding(self.path, message)


def entries_of(file: PropertyFile, path: KeyPath, items: Any) -> Iterator[Entry]:
    for position, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield Entry(file, (*path, position), item)


@dataclass(frozen=True)
class Resource:
    """A model or seed as a file, whether or not YAML mentions it."""

    kind: str
    path: Path
    relative: str

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def folder(self) -> str:
        return self.path.parent.name

    @property
    def parent(self) -> str:
        return self.relative.rpartition("/")[0]

    @property
    def layers(self) -> list[str]:
        """Folders from the top: ``["models", "marts"]``."""
        return self.relative.split("/")[:-1]

    @property
    def property_file(self) -> str:
        return f"{self.parent}/_{self.folder}__{self.kind}.yml"

    def is_in(self, layers: tuple[str, ...]) -> bool:
        return not set(layers).isdisjoint(self.layers)

    def finding(self, message: str, line: int = 1) -> Finding:
        return Finding(self.relative, line, message)


class Project:
    """The files of a dbt project, read once."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def find(self, folder: str, *suffixes: str) -> list[Path]:
        """Files below `folder` with one of the suffixes, without the fixtures."""
        excluded = [self.root / name for name in EXCLUDED_FOLDERS]
        return sorted(
            path
            for path in (self.root / folder).rglob("*")
            if path.suffix in suffixes
            and path.is_file()
            and not any(path.is_relative_to(folder) for folder in excluded)
        )

    def relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    @cached_property
    def project_file(self) -> PropertyFile:
        path = self.root / "dbt_project.yml"
        if path.exists():
            return PropertyFile.read(self.root, path)
        missing = Finding("dbt_project.yml", 1, "missing, run this in a dbt project")
        return PropertyFile("dbt_project.yml", problems=[missing])

    @cached_property
    def files(self) -> list[PropertyFile]:
        return [
            PropertyFile.read(self.root, path)
            for folder in PROPERTY_FOLDERS
            for path in self.find(folder, ".yml", ".yaml")
        ]

    def entries(self, kind: str) -> list[Entry]:
        """Every entry of the top-level key `kind`, in all property files."""
        return [
            entry
            for file in self.files
            if isinstance(file.data, dict)
            for entry in entries_of(file, (kind,), file.data.get(kind))
        ]

    @cached_property
    def models(self) -> list[Resource]:
        paths = [
            *self.find("models", ".sql", ".py"),
            *self.find("python_models", ".sql"),
            # Folders below python_models hold the package, not models.
            *sorted((self.root / "python_models").glob("*.py")),
        ]
        return [Resource("models", path, self.relative(path)) for path in paths]

    @cached_property
    def seeds(self) -> list[Resource]:
        paths = self.find("seeds", ".csv")
        return [Resource("seeds", path, self.relative(path)) for path in paths]

    @property
    def relations(self) -> list[Resource]:
        return self.models + self.seeds

    @cached_property
    def entry_of(self) -> dict[tuple[str, str], Entry]:
        """The first entry of each model and seed, by kind and name."""
        found: dict[tuple[str, str], Entry] = {}
        for kind in ("models", "seeds"):
            for entry in self.entries(kind):
                found.setdefault((kind, entry.name), entry)
        return found

    def described(self, resources: list[Resource]) -> Iterator[tuple[Resource, Entry]]:
        """Each resource that has an entry; those without are another rule's matter."""
        for resource in resources:
            entry = self.entry_of.get((resource.kind, resource.name))
            if entry is not None:
                yield resource, entry

    @cached_property
    def columns(self) -> list[Entry]:
        """Every column entry of the project."""
        parents = [
            *self.entries("models"),
            *self.entries("seeds"),
            *(table for source in self.entries("sources") for table in tables(source)),
        ]
        return [column for parent in parents for column in parent.items("columns")]

    @cached_property
    def doc_blocks(self) -> dict[str, tuple[Finding, str]]:
        """Each doc block by name: where it is, and its text."""
        blocks = {}
        pattern = re.compile(
            r"{%-?\s*docs\s+(\w+)\s*-?%}(.*?){%-?\s*enddocs\s*-?%}", re.DOTALL
        )
        for folder in PROPERTY_FOLDERS:
            for path in self.find(folder, ".md"):
                text = path.read_text(encoding="utf-8")
                for match in pattern.finditer(text):
                    line = line_of(text, match.start())
                    place = Finding(self.relative(path), line, "")
                    blocks[match[1]] = (place, match[2].strip())
        return blocks

    @cached_property
    def macros(self) -> dict[str, Finding]:
        """Each macro of the project by the name dbt gives it: where it is.

        dbt calls the generic test ``x`` the macro ``test_x``. Implementations of a
        dispatched macro (``duckdb__x``) are described by the entry of ``x``.
        """
        found = {}
        pattern = re.compile(r"{%-?\s*(macro|test)\s+(\w+)\s*\(")
        for path in self.find("macros", ".sql") + self.find("tests/generic", ".sql"):
            text = path.read_text(encoding="utf-8")
            for match in pattern.finditer(text):
                name = f"test_{match[2]}" if match[1] == "test" else match[2]
                line = line_of(text, match.start())
                found[name] = Finding(self.relative(path), line, "")
        return {
            name: place
            for name, place in found.items()
            if name.partition("__")[2] not in found
        }

    def is_contracted(self, model: Resource, entry: Entry | None) -> bool:
        """Whether dbt enforces a contract: the file, then its entry, then folders."""
        text = model.path.read_text(encoding="utf-8")
        match = re.search(r"contract\s*=\s*{\s*['\"]enforced['\"]\s*:\s*(\w+)", text)
        if match:
            return match[1].lower() == "true"
        for config in [entry.config if entry else {}, *self.folder_configs(model)]:
            contract = config.get("contract", config.get("+contract"))
            if isinstance(contract, dict) and "enforced" in contract:
                return contract["enforced"] is True
        return False

    def folder_configs(self, model: Resource) -> list[dict[str, Any]]:
        """What dbt_project.yml says about a model, the nearest folder first."""
        data = self.project_file.data
        if not isinstance(data, dict):
            return []
        configs, config = [], data.get("models")
        steps = [str(data.get("name")), *model.layers[1:], model.name]
        for step in steps:
            if not isinstance(config, dict):
                break
            configs.append(config)
            config = config.get(step)
        if isinstance(config, dict):
            configs.append(config)
        return configs[::-1]


def tables(source: Entry) -> list[Entry]:
    return source.items("tables")


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


# ----------------------------------------------------------------------------------
# Schema: every key at every level
# ----------------------------------------------------------------------------------

# What dbt-duckdb reads from a model's config and the schemas do not know.
DUCKDB_CONFIGS = (
    "csv_read_options",
    "format",
    "glue_database",
    "glue_register",
    "json_read_options",
    "merge_clauses",
    "merge_insert_condition",
    "merge_on_using_columns",
    "merge_returning_columns",
    "merge_update_condition",
    "merge_update_set_expressions",
    "options",
    "parquet_read_options",
    "partition_columns",
    "partitioned_by",
    "plugin",
    "sorted_by",
)


@cache
def resources_schema() -> Schema:
    """dbt-core's schema of property files, with its gaps closed.

    * `tests` goes: it is the old name of `data_tests`, and both at once is an error.
    * `meta` and `docs` of a macro go: here they belong under `config`, as everywhere.
    * `severity` is compared without case by dbt, but listed in one spelling.
    * Hooks have two spellings in dbt, `pre-hook` and `pre_hook`, and one there.
    * A list of hooks may mix texts and mappings, and a version may hold any property.
    * Configs of dbt-duckdb are unknown there.
    """
    from dbt.jsonschemas import jsonschemas

    schema = copy.deepcopy(jsonschemas.resources_schema())
    definitions = schema["definitions"]
    for part in [schema, *definitions.values()]:
        if isinstance(part, dict) and "data_tests" in part.get("properties", {}):
            part["properties"].pop("tests", None)
    for key in ("meta", "docs"):
        definitions["MacrosProperties"]["properties"].pop(key, None)
    for name in ("ModelConfig", "SeedConfig", "SnapshotConfig"):
        allow_both_hook_spellings(definitions[name]["properties"], prefix="")
    definitions["Versions"]["additionalProperties"] = True
    add_keys(definitions["ModelConfig"]["properties"], DUCKDB_CONFIGS)
    add_keys(definitions["SeedConfig"]["properties"], ("fast",))
    accept_severity_in_any_case(definitions)
    accept_mixed_hooks(definitions)
    return schema


@cache
def project_schema() -> Schema:
    """dbt-core's schema of dbt_project.yml, with its gaps closed.

    Besides the changes to the property files' schema:

    * An unknown key with a `+` is taken for a folder there; folders have no `+`.
    * `flags` may hold anything there; the keys are the fields of dbt's own class.
    """
    from dbt.contracts.project import ProjectFlags
    from dbt.jsonschemas import jsonschemas

    schema = copy.deepcopy(jsonschemas.project_schema())
    definitions = schema["definitions"]
    for part in definitions.values():
        inner = part.get("additionalProperties") if isinstance(part, dict) else None
        if isinstance(inner, dict) and any(
            key.startswith("+") for key in part.get("properties", {})
        ):
            part["patternProperties"] = {"^[^+]": inner}
            part["additionalProperties"] = False
    for name in ("ProjectModelConfig", "ProjectSeedConfig", "ProjectSnapshotConfig"):
        allow_both_hook_spellings(definitions[name]["properties"], prefix="+")
    keys = [f"+{key}" for key in DUCKDB_CONFIGS]
    add_keys(definitions["ProjectModelConfig"]["properties"], tuple(keys))
    add_keys(definitions["ProjectSeedConfig"]["properties"], ("+fast",))
    accept_severity_in_any_case(definitions)
    accept_mixed_hooks(definitions)
    schema["properties"].pop("tests", None)
    flags = {name.name: True for name in dataclasses.fields(ProjectFlags)}
    schema["properties"]["flags"] = {
        "type": ["object", "null"],
        "properties": flags,
        "additionalProperties": False,
    }
    return schema


def add_keys(properties: Schema, keys: tuple[str, ...]) -> None:
    for key in keys:
        properties.setdefault(key, True)


def allow_both_hook_spellings(properties: Schema, prefix: str) -> None:
    for hook in ("pre", "post"):
        names = (f"{prefix}{hook}-hook", f"{prefix}{hook}_hook")
        known = next(properties[name] for name in names if name in properties)
        for name in names:
            properties[name] = known


def accept_severity_in_any_case(definitions: Schema) -> None:
    definitions["Severity"] = {
        "type": "string",
        "enum": ["error", "warn", "Error", "Warn", "ERROR", "WARN"],
    }


def accept_mixed_hooks(definitions: Schema) -> None:
    one = [{"type": "string"}, {"$ref": "#/definitions/HookConfig"}]
    many = {"type": "array", "items": {"anyOf": one}}
    definitions["Hooks"] = {"anyOf": [*one, many]}


def leaf_errors(
    error: jsonschema.ValidationError,
) -> list[jsonschema.ValidationError]:
    """The errors behind an error: of the alternative that was meant.

    An alternative (`anyOf`, `oneOf`) was not meant if the value itself has the wrong
    type for it, or lacks the key that marks it. Jinja may render to any type, so
    text that holds it is no error anywhere.
    """
    if isinstance(error.instance, str) and "{{" in error.instance:
        return []
    if error.validator not in ("anyOf", "oneOf"):
        return [error]
    alternatives: dict[Any, list[jsonschema.ValidationError]] = {}
    for inner in error.context or []:
        alternatives.setdefault(inner.relative_schema_path[0], []).append(inner)
    meant = []
    for errors in alternatives.values():
        leaves = [leaf for inner in errors for leaf in leaf_errors(inner)]
        if not leaves:
            return []
        if not any(
            inner.validator in ("type", "required") and not inner.relative_path
            for inner in errors
        ):
            meant.append(leaves)
    return meant[0] if meant else [error]


def closest(key: str, valid: Any) -> str:
    """``did you mean ...`` for the valid key most like `key`, or nothing."""
    matches = difflib.get_close_matches(key, [str(item) for item in valid], n=1)
    return f"did you mean `{matches[0]}`?" if matches else ""


def config_keys_beside(schema: Schema, properties: Schema) -> set[str]:
    """Keys of the `config` mapping that stands among `properties`."""
    keys: set[str] = set()
    for option in properties.get("config", {}).get("anyOf", []):
        name = option.get("$ref", "").rpartition("/")[2]
        keys |= set(schema["definitions"].get(name, {}).get("properties", {}))
    return keys


def remedy_for_key(
    schema: Schema, error: jsonschema.ValidationError, key: str, place: str
) -> str:
    """What is wrong with an unknown key, and where it belongs."""
    properties = error.schema.get("properties", {})
    configs = config_keys_beside(schema, properties)
    suggestion = closest(key, properties)
    if key == "tests" and "data_tests" in properties:
        return f"old key `tests` in {place}, rename it to `data_tests`"
    if key in configs:
        return (
            f"config key `{key}` beside the properties of {place}, "
            "move it under `config:`"
        )
    if "arguments" in properties and "column_name" in properties and not suggestion:
        return f"test argument `{key}` in {place}, nest it under `arguments:`"
    message = f"unknown key `{key}` in {place}, "
    if schema is project_schema():
        return message + (suggestion or "remove it or keep it under `vars:`")
    custom = "a custom key goes under `config: meta:`"
    return message + (f"{suggestion} ({custom})" if suggestion else custom)


YAML_WORDS = {"object": "mapping", "array": "list", "string": "text"}


def is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def schema_messages(
    schema: Schema, file: PropertyFile, error: jsonschema.ValidationError
) -> Iterator[Finding]:
    """Findings for one error of the schema, in words."""
    path: KeyPath = tuple(error.absolute_path)
    place = file.place(path)
    if error.validator == "additionalProperties":
        patterns = error.schema.get("patternProperties", {})
        for key in error.instance:
            known = key in error.schema.get("properties", {})
            if not known and not any(re.search(item, key) for item in patterns):
                message = remedy_for_key(schema, error, key, place)
                yield file.finding((*path, key), message)
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        # A misspelt key is a finding of its own, not a missing one too.
        unknown = [
            key for key in error.instance if key not in error.schema["properties"]
        ]
        missing = [
            key for key in missing if not difflib.get_close_matches(key, unknown)
        ]
        if missing:
            names = ", ".join(f"`{key}`" for key in missing)
            yield file.finding(path, f"{place} lacks {names}, add it")
    elif error.validator == "enum":
        suggestion = closest(str(error.instance), error.validator_value)
        allowed = ", ".join(str(value) for value in error.validator_value)
        message = f"`{error.instance}` is no value of {place}, "
        yield file.finding(path, message + (suggestion or f"use one of {allowed}"))
    elif "patternProperties" in error.schema and error.validator == "type":
        key = str(path[-1])
        known = f"+{key}" in error.schema["properties"]
        remedy = f"write `+{key}`" if known else "a config key starts with `+`"
        yield file.finding(path, f"{place} is no folder, {remedy}")
    elif error.validator == "type":
        types = error.validator_value
        names = [types] if isinstance(types, str) else types
        expected = " or ".join(YAML_WORDS.get(name, name) for name in names)
        found = f"`{error.instance}`" if is_scalar(error.instance) else "this"
        message = f"{found} is no value of {place}, write a {expected}"
        yield file.finding(path, message)
    else:
        yield file.finding(path, f"{place} fits no allowed form, see the dbt reference")


def check_schema(project: Project) -> Iterator[Finding]:
    """Unknown, misspelt and misplaced keys: on DuckDB dbt drops them in silence."""
    pairs = [(file, resources_schema()) for file in project.files]
    pairs.append((project.project_file, project_schema()))
    for file, schema in pairs:
        if file.data is None:
            continue
        for error in jsonschema.Draft7Validator(schema).iter_errors(file.data):
            for leaf in leaf_errors(error):
                yield from schema_messages(schema, file, leaf)


def check_yaml(project: Project) -> Iterator[Finding]:
    """Broken YAML and duplicate keys: of two equal keys only the last one counts."""
    for file in [project.project_file, *project.files]:
        yield from file.problems


def check_config_folders(project: Project) -> Iterator[Finding]:
    """Folders named in dbt_project.yml: a misspelt one configures nothing.

    The schema cannot know the folders. dbt warns only when no resource matches.
    """
    data = project.project_file.data
    if not isinstance(data, dict):
        return
    definitions = project_schema()["definitions"]
    for kind, resources in (("models", project.models), ("seeds", project.seeds)):
        configs = definitions[f"Project{kind.title()[:-1]}Config"]["properties"]
        known = {(str(data.get("name")), *r.layers[1:], r.name) for r in resources}
        known = {name[:end] for name in known for end in range(1, len(name) + 1)}
        stack: list[KeyPath] = [()]
        while stack:
            path = stack.pop()
            config = data.get(kind)
            for part in path:
                config = config[part]
            for key, value in config.items() if isinstance(config, dict) else ():
                inner = (*path, key)
                if key.startswith("+") or not isinstance(value, dict):
                    continue
                if inner in known:
                    stack.append(inner)
                    continue
                siblings = {name[-1] for name in known if name[:-1] == path}
                remedy = closest(key, siblings) or "name an existing folder or file"
                if f"+{key}" in configs:
                    remedy = f"write `+{key}`"
                message = f"`{key}` in {kind} is no folder or file, {remedy}"
                yield project.project_file.finding((kind, *inner), message)


# ----------------------------------------------------------------------------------
# Structure: files and their entries
# ----------------------------------------------------------------------------------


def check_every_file_has_an_entry(project: Project) -> Iterator[Finding]:
    """A model or seed without an entry is undocumented, untested and uncontracted."""
    for resource in project.relations:
        if (resource.kind, resource.name) not in project.entry_of:
            target = resource.property_file
            yield resource.finding(
                f"rule one-entry: no YAML entry, describe `{resource.name}` in {target}"
            )


def check_every_entry_has_its_file(project: Project) -> Iterator[Finding]:
    """An entry is found by guessing its path: beside its file, once, and not alone."""
    for kind, resources in (("models", project.models), ("seeds", project.seeds)):
        by_name = {resource.name: resource for resource in resources}
        for entry in project.entries(kind):
            resource = by_name.get(entry.name)
            first = project.entry_of[kind, entry.name]
            if resource is None:
                remedy = closest(entry.name, by_name) or "remove it or add the file"
                yield entry.finding(
                    f"rule one-entry: `{entry.name}` has no file, {remedy}"
                )
            elif first.place != entry.place:
                yield entry.finding(
                    f"rule one-entry: second entry of `{entry.name}`, "
                    f"merge it with {first.place}"
                )
            elif entry.file.path != resource.property_file:
                yield entry.finding(
                    f"rule one-entry: entry of `{entry.name}` in another file, "
                    f"move it to {resource.property_file}"
                )


def check_unit_test_files(project: Project) -> Iterator[Finding]:
    """Unit tests stand beside their model, in a file of their own, to be found."""
    by_name = {model.name: model for model in project.models}
    for test in project.entries("unit_tests"):
        model = by_name.get(str(test.data.get("model")))
        if model is None:
            continue  # dbt itself refuses a unit test of an unknown model
        target = f"{model.parent}/_{model.folder}__unit_tests.yml"
        if test.file.path != target:
            yield test.finding(
                f"rule unit-test-file: unit test `{test.name}` in another file, "
                f"move it to {target}"
            )


def check_singular_test_entries(project: Project) -> Iterator[Finding]:
    """A singular test needs an entry: its description says what a failure means."""
    paths = {path.stem: path for path in project.find("tests/singular", ".sql")}
    entries = [
        entry
        for entry in project.entries("data_tests")
        if entry.file.path.startswith("tests/singular/")
    ]
    named = {entry.name for entry in entries}
    for name, path in paths.items():
        if name not in named:
            message = (
                "rule test-entry: no data_tests entry, "
                f"describe `{name}` in a YAML file in tests/singular"
            )
            yield Finding(project.relative(path), 1, message)
    for entry in entries:
        if entry.name not in paths:
            remedy = closest(entry.name, paths) or "remove it or add the file"
            yield entry.finding(
                f"rule test-entry: `{entry.name}` has no file, {remedy}"
            )


def check_analysis_entries(project: Project) -> Iterator[Finding]:
    """An analysis is found and chosen by its description, not by its SQL."""
    paths = {path.stem: path for path in project.find("analyses", ".sql")}
    entries = project.entries("analyses")
    named = {entry.name for entry in entries}
    for name, path in paths.items():
        if name not in named:
            message = (
                "rule analysis-entry: no entry, "
                f"describe `{name}` under `analyses:` in a YAML file in analyses"
            )
            yield Finding(project.relative(path), 1, message)
    for entry in entries:
        if entry.name not in paths:
            remedy = closest(entry.name, paths) or "remove it or add the file"
            yield entry.finding(
                f"rule analysis-entry: `{entry.name}` has no file, {remedy}"
            )


def check_macro_entries(project: Project) -> Iterator[Finding]:
    """A macro hides SQL from the reader; its entry says what it stands for."""
    entries = project.entries("macros")
    named = {entry.name for entry in entries}
    for name, place in project.macros.items():
        if name not in named:
            message = f"rule macro-entry: no entry, describe `{name}` under `macros:`"
            yield dataclasses.replace(place, message=message)
    for entry in entries:
        if entry.name not in project.macros:
            remedy = closest(entry.name, project.macros) or "remove it or add the macro"
            yield entry.finding(
                f"rule macro-entry: `{entry.name}` has no macro, {remedy}"
            )


# ----------------------------------------------------------------------------------
# Structure: descriptions
# ----------------------------------------------------------------------------------

DOC_USE = re.compile(r"doc\(\s*(?:['\"]\w+['\"]\s*,\s*)?['\"](\w+)['\"]\s*\)")
EMPTY_WORDS = frozenset(
    ("a", "an", "and", "are", "for", "in", "is", "it", "its", "of", "that", "the")
) | {"this", "to", "with", "column", "macro", "model", "seed", "source", "table"}
EMPTY_WORDS |= {"test", "value", "values"}


def describe_problem(project: Project, name: str, description: str) -> str:
    """What is wrong with a description, or nothing."""
    text = description
    for use in DOC_USE.findall(description):
        text = text.replace("{{", " ").replace("}}", " ")
        text = DOC_USE.sub(" ", text, count=1)
        # The text of a block that does not exist is another rule's matter.
        text += project.doc_blocks.get(use, (None, "text to come"))[1]
    words = set(re.findall(r"\w+", text.lower()))
    if not words:
        return "has no description, say what it holds"
    own = {part for part in re.split(r"_|\W", name.lower()) if part} | {name.lower()}
    if words <= own | EMPTY_WORDS:
        return "has a description that only restates its name, say what it holds"
    return ""


def check_descriptions(project: Project) -> Iterator[Finding]:
    """What has no description, or repeats its name, must be read to be understood."""
    sources = project.entries("sources")
    groups = [
        ("model", project.entries("models")),
        ("seed", project.entries("seeds")),
        ("source", sources),
        ("source table", [table for source in sources for table in tables(source)]),
        ("macro", project.entries("macros")),
        ("singular test", project.entries("data_tests")),
        ("unit test", project.entries("unit_tests")),
        ("analysis", project.entries("analyses")),
        ("exposure", project.entries("exposures")),
    ]
    for kind, entries in groups:
        for entry in entries:
            problem = describe_problem(project, entry.name, entry.description)
            if problem:
                yield entry.finding(f"rule described: {kind} `{entry.name}` {problem}")


def check_column_descriptions(project: Project) -> Iterator[Finding]:
    """People read these columns, in the documentation of every layer.

    Meaning, unit and range stand beside each. A source table may leave columns to the
    table that it repeats (`config: meta: columns_of`); those it lists are described.
    """
    entries = [entry for _, entry in project.described(project.relations)]
    for entry in entries:
        if not entry.items("columns"):
            yield entry.finding(
                f"rule columns-described: `{entry.name}` lists no columns, add them all"
            )
    sources = project.entries("sources")
    entries += [table for source in sources for table in tables(source)]
    for entry in entries:
        for column in entry.items("columns"):
            problem = describe_problem(project, column.name, column.description)
            if problem:
                yield column.finding(
                    f"rule columns-described: column `{column.name}` of "
                    f"`{entry.name}` {problem}"
                )


def check_questions(project: Project) -> Iterator[Finding]:
    """A mart exists to answer questions: the documentation lists them, mart by mart."""
    for model, entry in project.described(project.models):
        if not model.is_in(("marts",)):
            continue
        questions = (entry.config.get("meta") or {}).get("questions")
        if not isinstance(questions, list) or not questions:
            yield entry.finding(
                f"rule questions: mart `{entry.name}` answers no question, "
                "list them under `config: meta: questions:`"
            )
            continue
        for position, question in enumerate(questions):
            if not isinstance(question, str) or not question.strip().endswith("?"):
                path = (*entry.path, "config", "meta", "questions", position)
                yield entry.file.finding(
                    path,
                    f"rule questions: `{question}` is no question, write one text that "
                    "ends in a question mark (quote it where it holds a colon)",
                )


def check_exposures(project: Project) -> Iterator[Finding]:
    """What leaves the project has somebody to ask, a place, and its marts a reader."""
    exposures = project.entries("exposures")
    for exposure in exposures:
        owner = exposure.data.get("owner")
        missing = [key for key in ("maturity", "url") if not exposure.data.get(key)]
        if not (isinstance(owner, dict) and owner.get("name")):
            missing.insert(0, "owner: name")
        for key in missing:
            yield exposure.finding(
                f"rule exposures: exposure `{exposure.name}` has no `{key}`, add it"
            )
    used = {
        name
        for exposure in exposures
        for _, text in texts(exposure.data.get("depends_on"))
        for name in re.findall(r"ref\(\s*['\"](\w+)['\"]\s*\)", text)
    }
    for model, entry in project.described(project.models):
        if model.is_in(("marts",)) and model.name not in used:
            yield entry.finding(
                f"rule exposures: no exposure depends on mart `{model.name}`, "
                "add it to the one that reads it"
            )


def check_repeated_columns(project: Project) -> Iterator[Finding]:
    """A column listed twice: dbt keeps the last entry and drops the first's tests."""
    for kind in ("models", "seeds"):
        for entry in project.entries(kind):
            seen: set[str] = set()
            for column in entry.items("columns"):
                if column.name in seen:
                    yield column.finding(
                        f"rule columns-once: column `{column.name}` of `{entry.name}` "
                        "is listed twice, merge the entries"
                    )
                seen.add(column.name)


def check_shared_descriptions(project: Project) -> Iterator[Finding]:
    """A text written twice will differ one day; a doc block is written once."""
    first: dict[str, Entry] = {}
    for column in project.columns:
        text = " ".join(column.description.split())
        if len(text) <= SHARED_TEXT_LENGTH or DOC_USE.search(text):
            continue
        other = first.setdefault(text, column)
        if other is not column:
            yield column.finding(
                f"rule shared-text: the description of column `{column.name}` is also "
                f"at {other.place}, use one {{{{ doc() }}}} block"
            )


def texts(data: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Every text in parsed YAML, with its path."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from texts(value, (*path, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from texts(value, (*path, position))


def check_doc_blocks(project: Project) -> Iterator[Finding]:
    """An unused block is a text nobody sees; a missing one stops dbt late.

    Names that start with two underscores are pages of the dbt docs site.
    """
    used: set[str] = set()
    for file in project.files:
        for path, text in texts(file.data):
            for name in DOC_USE.findall(text):
                used.add(name)
                if name not in project.doc_blocks:
                    remedy = closest(name, project.doc_blocks) or "write it"
                    yield file.finding(
                        path, f"rule doc-blocks: no doc block `{name}`, {remedy}"
                    )
    for name, (place, _) in project.doc_blocks.items():
        if name not in used and not name.startswith("__"):
            message = f"rule doc-blocks: doc block `{name}` is unused, use or remove it"
            yield dataclasses.replace(place, message=message)


# ----------------------------------------------------------------------------------
# Structure: columns, names, contracts, grain
# ----------------------------------------------------------------------------------


def check_seed_columns(project: Project) -> Iterator[Finding]:
    """A seed is loaded by position: a swapped column loads swapped and says OK."""
    for seed, entry in project.described(project.seeds):
        try:
            text = seed.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            yield seed.finding("rule seed-columns: not UTF-8 text, save it as UTF-8")
            continue
        delimiter = str(entry.config.get("delimiter", ","))[:1] or ","
        header = next(csv.reader(text.splitlines(), delimiter=delimiter), [])
        listed = [column.name for column in entry.items("columns")]
        if listed and header != listed:
            yield seed.finding(
                f"rule seed-columns: the file has ({', '.join(header)}), its entry "
                f"({', '.join(listed)}), make them equal in name and order"
            )
        types = entry.config.get("column_types")
        for name in types if isinstance(types, dict) else ():
            if name not in header:
                path = (*entry.path, "config", "column_types", name)
                remedy = closest(name, header) or "remove it"
                yield entry.file.finding(
                    path,
                    f"rule seed-columns: column_types names `{name}`, "
                    f"which is no column of the file, {remedy}",
                )


def check_file_names(project: Project) -> Iterator[Finding]:
    """A file's layer is read from its name, and its name from its layer."""
    for resource in project.relations:
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", resource.name):
            yield resource.finding(
                f"rule file-name: `{resource.name}` is not snake_case, rename it"
            )
        layer = resource.layers[1] if resource.layers[1:] else ""
        prefix = PREFIX_OF_LAYER.get(layer, "") if resource.kind == "models" else ""
        if not resource.name.startswith(prefix):
            yield resource.finding(
                f"rule file-name: a model in {layer} is named `{prefix}...`, rename it"
            )
        if "marts" in resource.layers and resource.name.startswith(
            REFUSED_MART_PREFIXES
        ):
            yield resource.finding(
                "rule file-name: marts have plain names, remove `dim_` or `fct_`"
            )
    for path in project.find("tests/singular", ".sql"):
        if not re.fullmatch(r"assert(_[a-z0-9]+)+", path.stem):
            message = "rule file-name: a singular test is named `assert_<claim>.sql`"
            yield Finding(project.relative(path), 1, f"{message}, rename it")


def check_contracts(project: Project) -> Iterator[Finding]:
    """Others rely on the shape of features and marts; a contract refuses a change."""
    for model, entry in project.described(project.models):
        if not model.is_in(CONTRACTED_LAYERS):
            continue
        if not project.is_contracted(model, entry):
            yield entry.finding(
                f"rule contract: `{model.name}` has no enforced contract, "
                "set `contract: {enforced: true}` in its config or its folder's"
            )
        for column in entry.items("columns"):
            if not column.data.get("data_type"):
                yield column.finding(
                    f"rule contract: column `{column.name}` of `{model.name}` has no "
                    "data_type, add it"
                )


def generic_tests(entry: Entry) -> set[str]:
    """Names of the generic tests on a relation or a column."""
    names: set[str] = set()
    tests = entry.data.get("data_tests")
    for test in tests if isinstance(tests, list) else []:
        if isinstance(test, dict):
            names.add(str(test.get("test_name") or next(iter(test), "")))
        else:
            names.add(str(test))
    return names


def has_primary_key(entry: Entry) -> bool:
    holders = [entry, *entry.items("columns")]
    return any(
        constraint.data.get("type") == "primary_key"
        for holder in holders
        for constraint in holder.items("constraints")
    )


def check_grain_tests(project: Project) -> Iterator[Finding]:
    """A join that doubles rows is seen only where the grain is tested.

    A primary key counts where the contract is enforced, which no Python model can
    have: anywhere else dbt ignores the constraint. An exception says its reason in
    `config: meta: no_grain_because`.
    """
    for resource, entry in project.described(project.relations):
        if (entry.config.get("meta") or {}).get("no_grain_because"):
            continue
        if COMBINATION_TEST in generic_tests(entry):
            continue
        if any(
            {"unique", "not_null"} <= generic_tests(c) for c in entry.items("columns")
        ):
            continue
        enforced = resource.path.suffix == ".sql" and project.is_contracted(
            resource, entry
        )
        if enforced and has_primary_key(entry):
            continue
        note = ""
        if has_primary_key(entry):
            note = " (its primary_key is not enforced: no contract)"
        yield entry.finding(
            f"rule grain: `{entry.name}` has no grain test{note}, add `unique` and "
            f"`not_null` to its key column or `{COMBINATION_TEST}` to the "
            f"{resource.kind[:-1]}"
        )


# ----------------------------------------------------------------------------------
# Structure: text of the files
# ----------------------------------------------------------------------------------


def check_unfinished_text(project: Project) -> Iterator[Finding]:
    """A note to oneself is a promise nobody sees: do it or write it down as a limit."""
    folders = {
        **dict.fromkeys(PROPERTY_FOLDERS, (".sql", ".py", ".yml", ".yaml", ".md")),
        "tests/python": (".py",),
        "tools": (".py",),
    }
    paths = {
        p for folder, types in folders.items() for p in project.find(folder, *types)
    }
    paths |= {path for path in project.root.glob("*") if path.is_file()}
    for path in sorted(paths):
        if path.suffix not in (".sql", ".py", ".yml", ".yaml", ".md", ".toml", ""):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for match in UNFINISHED.finditer(text):
            line = line_of(text, match.start())
            message = f"rule finished: `{match[0]}` in the text, do it or remove it"
            yield Finding(project.relative(path), line, message)


def mask_sql(text: str) -> str:
    """SQL of the same length without comments, strings and Jinja.

    A Jinja expression becomes one name, since it may stand where a name stands.
    """
    pattern = re.compile(
        r"(?P<expression>{{.*?}})|{#.*?#}|{%.*?%}|--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'",
        re.DOTALL,
    )

    def blank(match: re.Match[str]) -> str:
        if match["expression"]:
            return "j" * len(match[0])
        return re.sub(r"[^\n]", " ", match[0])

    return pattern.sub(blank, text)


SELECT_STAR = re.compile(
    r"(?:\bselect(?:\s+(?:distinct|all))?|,|\.)\s*\*", re.IGNORECASE
)
NAME = r'[\w."]+'
IMPORT_CTE = re.compile(
    r"\bas\s+(?:(?:not\s+)?materialized\s*)?\(\s*"
    rf"(?P<star>select\s+\*)\s+from\s+{NAME}\s*\)",
    re.IGNORECASE,
)
LAST_STATEMENT = re.compile(
    r"(?P<star>select\s+\*)\s+from\s+\w+\s*;?\s*\Z", re.IGNORECASE
)


def check_select_star(project: Project) -> Iterator[Finding]:
    """A star in mid-query lets a new column upstream change what comes out.

    It is allowed where it hides nothing: in an import CTE, and in the last statement
    after a CTE that lists the columns. Macros and generic tests are left out: they
    cannot know the columns.
    """
    folders = ("models", "python_models", "tests/singular", "analyses")
    for path in [path for folder in folders for path in project.find(folder, ".sql")]:
        text = path.read_text(encoding="utf-8")
        masked = mask_sql(text)
        allowed = {match.start("star") for match in IMPORT_CTE.finditer(masked)}
        last = LAST_STATEMENT.search(masked)
        # One name after `from` in the source too: not a Jinja expression.
        if last and "{{" not in text[last.start() :]:
            allowed.add(last.start("star"))
        for match in SELECT_STAR.finditer(masked):
            if match.start() not in allowed:
                message = "rule select-star: `*` in mid-query, list the columns"
                line = line_of(text, match.end() - 1)
                yield Finding(project.relative(path), line, message)


RULES: list[Callable[[Project], Iterator[Finding]]] = [
    check_yaml,
    check_schema,
    check_config_folders,
    check_every_file_has_an_entry,
    check_every_entry_has_its_file,
    check_unit_test_files,
    check_singular_test_entries,
    check_analysis_entries,
    check_macro_entries,
    check_descriptions,
    check_column_descriptions,
    check_questions,
    check_exposures,
    check_repeated_columns,
    check_shared_descriptions,
    check_doc_blocks,
    check_seed_columns,
    check_file_names,
    check_contracts,
    check_grain_tests,
    check_unfinished_text,
    check_select_star,
]


def find_findings(root: Path) -> list[Finding]:
    """Every finding of every rule, in the order of files and lines."""
    project = Project(root)
    return sorted({finding for rule in RULES for finding in rule(project)})


def main(arguments: list[str]) -> int:
    """Print the findings; the exit code is 1 if there is one."""
    root = Path(arguments[0]) if arguments else Path.cwd()
    findings = find_findings(root)
    for finding in findings:
        print(finding)
    if findings:
        return 1
    project = Project(root)
    relations = len(project.relations)
    print(f"{len(project.files) + 1} property files, {relations} models and seeds: ok")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
