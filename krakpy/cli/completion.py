"""`krakpy completion SHELL`: what makes the shell complete commands, options and ids of extensions."""
from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes a shell complete krakpy's commands, options and extensions.

    \b
    bash   echo 'eval "$(krakpy completion bash)"' >> ~/.bashrc
    zsh    echo 'eval "$(krakpy completion zsh)"' >> ~/.zshrc
    fish   krakpy completion fish > ~/.config/fish/completions/krakpy.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None, "click knows every shell that the argument allows"
    click.echo(kind(context.find_root().command, {}, "krakpy", "_KRAKPY_COMPLETE").source())
