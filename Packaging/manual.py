#!/usr/bin/env python3
"""The manual page, riposte(1), from what the command says of itself.

    manual.py .build/release/riposte > riposte.1

The command's argument parser writes its commands and options as JSON; here they become mdoc.
"""
import json
import subprocess
import sys

EXIT_STATUS = """.Sh EXIT STATUS
.Bl -tag -width Ds
.It 0
done
.It 1
failed
.It 2
wrong usage
.It 3
a model or a library is missing; the message says the command that gets it
.El
.Sh ENVIRONMENT
.Bl -tag -width Ds
.It Ev RIPOSTE_MODELS
the folder of the models, in the place of
.Pa ~/.cache/riposte
.El"""


def escaped(text):
    """Text as roff takes it: no line may begin as a request, and a backslash is itself."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in lines if line.strip())


def names(argument):
    written = []
    for name in argument.get("names", []):
        written.append(("-" if name["kind"] == "short" else "--") + name["name"])
    value = argument.get("valueName", "")
    if argument["kind"] == "positional":
        return f"<{value}>" + (" …" if argument["isRepeating"] else "")
    suffix = f" <{value}>" if argument["kind"] == "option" else ""
    return ", ".join(sorted(written, key=len)) + suffix


def arguments(command):
    shown = [each for each in command.get("arguments", []) if each.get("shouldDisplay") and names(each) != "-h, --help"]
    if not shown:
        return
    print(".Bl -tag -width Ds")
    for argument in shown:
        print(f".It {escaped(names(argument))}")
        text = " ".join(filter(None, [argument.get("abstract"), argument.get("discussion")]))
        if argument.get("defaultValue"):
            text += f" Default: {argument['defaultValue']}."
        print(escaped(text.strip()))
    print(".El")


def described(command, path):
    for sub in command.get("subcommands", []):
        if not sub.get("shouldDisplay") or sub["commandName"] == "help":
            continue
        name = f"{path} {sub['commandName']}"
        print(f".Ss {escaped(name)}")
        print(escaped(sub.get("abstract", "")))
        if sub.get("discussion"):
            print(f".Pp\n{escaped(sub['discussion'])}")
        arguments(sub)
        described(sub, name)


def main():
    binary = sys.argv[1]
    root = json.loads(subprocess.run([binary, "--experimental-dump-help"], check=True, capture_output=True).stdout)
    root = root["command"]
    version = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    print(f".Dd $Mdocdate$\n.Dt RIPOSTE 1\n.Os riposte {version}\n.Sh NAME\n.Nm riposte")
    print(f".Nd {escaped(root['abstract'].rstrip('.'))}\n.Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar options")
    print(".Sh DESCRIPTION\nThe commands, with their options:")
    described(root, "riposte")
    print(EXIT_STATUS)


if __name__ == "__main__":
    main()
