"""What other tools make of exported set-ups. PARAMETERS: the files' folder, and the values to be found."""

import json
import os
import subprocess
import sys

import hcl2
import yaml
from pathlib import Path

parameters = json.loads(os.environ["PARAMETERS"])
folder = Path(parameters["folder"])


def bare(text):
    """A text of Terraform's as its value: python-hcl2 leaves quotes and escapes in place."""
    value = json.loads(text)
    return value.replace("$${", "${").replace("%%{", "%{")


def terraform():
    with open(folder / "main.tf", encoding="utf-8") as file:
        document = hcl2.load(file)
    resources = {}
    for resource in document["resource"]:
        for kind, labels in resource.items():
            if kind == "__is_block__":
                continue
            [(label, body)] = [pair for pair in labels.items() if pair[0] != "__is_block__"]
            resources[bare(kind)] = body
            assert bare(label) == "this"
    assert sorted(resources) == sorted(parameters["resources"]), sorted(resources)
    rules = resources["aws_s3_bucket_lifecycle_configuration"]["rule"]
    found = [[bare(rule["id"]), bare(rule["filter"][0].get("prefix", '""'))] for rule in rules]
    assert found == parameters["rules"], found
    assert bare(resources["aws_s3_bucket"]["bucket"]) == parameters["bucket"]


class Loader(yaml.SafeLoader):
    pass


Loader.add_multi_constructor("!", lambda loader, suffix, node: {suffix: node.value})


def cloudformation():
    template = folder / "template.yaml"
    regions = ["us-east-1", "us-gov-west-1", "cn-north-1"]
    program = str(Path(sys.executable).with_name("cfn-lint"))
    lint = [program, "--regions", *regions, "--", str(template)]
    found = subprocess.run(lint, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
    document = yaml.load(template.read_text(encoding="utf-8"), Loader)
    properties = document["Resources"]["Bucket"]["Properties"]
    rules = properties["LifecycleConfiguration"]["Rules"]
    found = [[rule["Id"], rule.get("Prefix", "")] for rule in rules]
    assert found == parameters["rules"], found
    assert properties["BucketName"] == parameters["bucket"]


globals()[sys.argv[1]]()
