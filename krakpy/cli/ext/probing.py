"""`krakpy ext probe ID`: what a child says that imports the extension and builds it with its real settings."""
from __future__ import annotations

from collections.abc import Iterator

import click
from rich.text import Text

from krakpy.cli.documents import emit
from krakpy.cli.ext.mending import mended
from krakpy.cli.ext.source import complete_id, named, settings_of
from krakpy.cli.ext.verdicts import as_document, job_of, judged
from krakpy.cli.options import config_option, json_option
from krakpy.cli.terminal import line_of, say
from krakpy.extension.catalog import read_catalog
from krakpy.extension.probe import Job, Verdict
from krakpy.log_lines import printable


@click.command()
@click.argument("id", shell_complete=complete_id)
@config_option("Build it with the settings of this configuration, once for each use.")
@json_option("krakpy.ext.probe/1")
def probe(*, id: str, path: str | None, as_json: bool) -> None:
    """Import an extension in a process of its own, check its contract, and build it as the configuration does.

    ID is `distribution/name`, a name that only one distribution has, or an alias of the configuration. No gate keeps
    this command from trying: it is the operator's own word. Exit status: 0 a worker may import it, 1 it may not.

    The object of --json: `ok` and `verdicts`, each with `id`, `version`, `group`, `target`, `ok`, `import_s`, `uses`
    (places), `hooks`, `inside`, `outside`, `summary`, `output` (the end of what it printed) and `problems`.
    """
    catalog, settings = read_catalog(), settings_of(path)
    jobs = [job_of(candidate, settings, catalog) for candidate in named(id, catalog, settings)]
    verdicts = judged(jobs, catalog)
    is_good = all(verdict.is_good for verdict in verdicts)
    if as_json:
        documents = [as_document(job, verdict) for job, verdict in zip(jobs, verdicts, strict=True)]
        emit("krakpy.ext.probe/1", ok=is_good, verdicts=documents)
    else:
        for job, verdict in zip(jobs, verdicts, strict=True):
            say(*lines_of(job, verdict))
    raise click.exceptions.Exit(0 if is_good else 1)


def lines_of(job: Job, verdict: Verdict) -> Iterator[Text]:
    """The verdict as people read it."""
    candidate = verdict.candidate
    mark = Text("✓ ", "green") if verdict.is_good else Text("✗ ", "bold red")
    where = f"{candidate.entry_point.group}  {candidate.target}"
    yield mark + Text.assemble((candidate.id, "bold"), f" {candidate.version}  {where}")
    for label, value in _facts(job, verdict):
        yield Text.assemble((f"  {label:<9}", "dim"), printable(value))
    for problem in (*verdict.problems, *verdict.warnings):
        yield Text("  ") + line_of(mended(problem, candidate))
    for line in verdict.output.splitlines():
        yield Text.assemble(("  printed  ", "dim"), printable(line))


def _facts(job: Job, verdict: Verdict) -> Iterator[tuple[str, str]]:
    if verdict.is_good:
        built = ", ".join(use.place for use in job.instances)
        yield "verdict", f"imported in {verdict.import_s * 1000:.0f} ms" + (f", built for {built}" if built else "")
    facts = {"is": (verdict.summary,), "hooks": verdict.hooks, "inside": verdict.inside, "outside": verdict.outside}
    for label, values in facts.items():
        if any(values):
            yield label, ", ".join(values)
