"""The command line. What a command needs is imported when it runs, so that `--help` is quick."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="limner",
    help="An image studio that lives in a team's chat.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Config = Annotated[Path | None, typer.Option("--config", "-c", help="The configuration; ./config.toml if it is there.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more in the log.")]

ASKS = {
    "imagine": 'Paint a picture from words: limner imagine "a red fox in snow" --shape wide -n 3',
    "edit": 'Change a picture with words: limner edit "make the sky orange" --references fox.png',
    "show": "Bring a picture up again: limner show a41f",
    "gallery": "List what the team has made, newest first.",
    "style save": 'Save a style: limner style save spring "soft watercolour" --palette "#2b6cb0, navy"',
    "style show": "Show a style: limner style show spring",
    "style list": "See the styles that there are.",
    "style use": "Have what is painted here wear a style: limner style use spring",
    "style remove": "Remove a style: limner style remove spring",
    "status": "Say which models are at work, until when, and what was spent.",
}
"""The commands that make sense in a terminal; a test holds them to the table of actions."""
GROUPS = {"style": "Save, show, list, use and remove styles."}
"""The words that some of them share."""


@app.command()
def demo(
    directory: Annotated[Path, typer.Option(help="Where to keep what is made.")] = Path("data"),
    port: Annotated[int, typer.Option(help="The page's port; another one if it is taken.")] = 8400,
    verbose: Verbose = False,
) -> None:
    """Paint a first picture offline, then serve the local page. Needs no key and costs nothing."""
    from limner.cli.serving import run_demo

    _run(run_demo(directory, port), verbose, stays=True)


@app.command()
def run(
    role: Annotated[
        str | None,
        typer.Argument(help="Its part, with several processes on PostgreSQL: discord, slack, web or worker."),
    ] = None,
    id: Annotated[str | None, typer.Option(help="What this process is called among them; the same each time.")] = None,
    grace: Annotated[float, typer.Option(min=0, help="Seconds for what is under way when it is told to end.")] = 20.0,
    health_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Answer /healthz and /readyz there, without the page.")
    ] = None,
    health_host: Annotated[str, typer.Option(help="Where that port is reached.")] = "127.0.0.1",
    config: Config = None,
    verbose: Verbose = False,
) -> None:
    """Serve every platform that the configuration has a section for; without one, the local page."""
    from limner.cli.serving import run_platforms

    health = (health_host, health_port)
    _run(run_platforms(config, role=role, id=id, grace=grace, health=health), verbose, stays=True)


@app.command()
def connect(platform: Annotated[str, typer.Argument(help="discord or slack")], config: Config = None) -> None:
    """Print what a platform needs to know of this Limner: Slack's app manifest, Discord's invite link."""
    from limner.cli.serving import print_invitation

    _run(print_invitation(platform, config), verbose=False)


@app.command()
def usage(
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, a line for each job or call.")] = False,
    first: Annotated[str | None, typer.Option("--from", help="The first day, such as 2026-11-01.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last day.")] = None,
    team: Annotated[str | None, typer.Option(help="One team alone: its id, or where it is at home.")] = None,
    config: Config = None,
    verbose: Verbose = False,
) -> None:
    """Say what was spent by whom on which day, in dollars. Limner may be running meanwhile."""
    from limner.cli.spending import print_usage

    _run(print_usage(config, as_csv=as_csv, first=first, last=last, team=team), verbose)


@app.command()
def doctor(config: Config = None, verbose: Verbose = False) -> None:
    """Look at everything that Limner needs, one line each, and say how to mend what is wrong."""
    from limner.cli.doctor import run_doctor

    _run(run_doctor(config), verbose)


@app.command()
def verify(
    as_json: Annotated[
        bool, typer.Option("--json", help="As JSON, a line for each finding and one for the sum.")
    ] = False,
    config: Config = None,
    verbose: Verbose = False,
) -> None:
    """Check every file against its hash, and name those that are missing, damaged or needed by nothing."""
    from limner.cli.verifying import run_verify

    _run(run_verify(config, as_json=as_json), verbose)


@app.command()
def job(
    id: Annotated[str, typer.Argument(help="Its id, such as a41f.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    config: Config = None,
    verbose: Verbose = False,
) -> None:
    """Tell a job's story: when it was asked for, each call and what it cost, and where it is. Limner may be running."""
    from limner.cli.story import print_story

    _run(print_story(config, id, as_json=as_json), verbose)


def _ask_command(typed: str, help: str) -> None:
    first, _, second = typed.partition(" ")

    @(_groups[first] if second else app).command(
        second or first,
        help=help,
        add_help_option=False,
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )
    def ask(context: typer.Context) -> None:
        from limner.cli.asking import run_ask

        verbose = not {"--verbose", "-v"}.isdisjoint(context.args)
        raise typer.Exit(_run(run_ask(typed, context.args), verbose))


_groups: dict[str, typer.Typer] = {}
for _name, _help in GROUPS.items():
    _groups[_name] = typer.Typer(help=_help, no_args_is_help=True)
    app.add_typer(_groups[_name], name=_name)
for _name, _help in ASKS.items():
    _ask_command(_name, _help)


def _run(work: object, verbose: bool, *, stays: bool = False) -> int:
    from limner.cli.running import run_to_end

    code = run_to_end(work, verbose=verbose, stays=stays)  # type: ignore[arg-type]
    if code:
        raise typer.Exit(code)
    return 0


def main() -> None:
    """The console script."""
    gc.disable()  # nothing that is imported is garbage: to look for some takes a fifth of the start
    app()
