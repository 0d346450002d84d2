"""`marketing-dashboard`: the one command line. Exit status 0 only on success; errors say what to do, on stderr."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from facts.engines.choice import elsewhere, engine_of
from facts.reader_process import ReaderProcess
from kpi.plain_text import printable, sentence_of
from machine.complaint import complain
from settings import SETTINGS, Settings, WrongSetting, faults, from_environment, unknown_variables


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    try:
        status = run_command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read, such as `head`, has what it wanted
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def run_command(arguments: Sequence[str] | None) -> int:
    """Run one command, whoever reads what it prints."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="marketing-dashboard", description=__doc__.split(":")[1].strip())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    settings_help = "settings (environment variables):\n" + "\n".join(
        f"  {each.name:20} {each.purpose}; {each.allowed} (default {each.default})" for each in SETTINGS
    )
    serving = commands.add_parser(
        "serve",
        help="serve the dashboard",
        description="Serve the dashboard with gunicorn until interrupted.",
        epilog=settings_help,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serving.add_argument(
        "--debug",
        action="store_true",
        help="for development, on this machine only: starts again at each change of the code, with Dash's dev tools",
    )
    commands.add_parser(
        "address",
        help="print an address that opens your own data once",
        description="Print an address that opens the dashboard which shows your own data, once and within a day.",
    )
    commands.add_parser(
        "check",
        help="verify settings, sign-in, policy and data before a deploy",
        description="Verify settings, sign-in, policy and data, and explain each fault. Changes nothing.",
        epilog=settings_help,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if arguments[:1] != ["serve"]:  # which starts without the third of a second that importing the others takes
        from ingest import commands as data
        from ingest import costs_command, rules_command
        from report import command as report
        from report import digest_command as digest

        data.add_commands(commands)
        costs_command.add_command(commands)
        report.add_command(commands)
        digest.add_command(commands)
        rules_command.add_command(commands)
        rolled = commands.add_parser(
            "rollup", help="write the facts' sums by day and dimensions as a table to point the dashboard at"
        )
        rolled.add_argument(
            "out", type=Path, metavar="DIR", help="the folder of a Delta table, new or an older roll-up"
        )
    asked = parser.parse_args(arguments)
    if asked.command == "check":
        return check()
    try:
        settings = from_environment()
    except WrongSetting as problem:
        return complain(str(problem), 2)
    for name in unknown_variables():
        complain(f"{name} is no setting of this dashboard and is ignored.")
    if asked.command == "address":
        return print_addresses(settings)
    if asked.command == "report":
        return report.run(asked, settings)
    if asked.command in ("digest", "alerts"):
        return digest.run(asked, settings)
    if asked.command != "serve":
        if asked.command == "dimensions":
            return carry_out_dimensions(settings, asked)
        if asked.command == "rollup":
            status = roll_up(settings, asked.out)
            if status == 0 and costs_command.are_stated(settings.facts, settings.state):
                print("Your costs are no part of it: state them for it too, with `marketing-dashboard costs`.")
            return status
        if asked.command == "costs":
            return costs_command.run(asked, settings.facts, settings.state, engine_of(settings))
        if elsewhere(settings.facts):
            why = f"{asked.command} works on a folder, and DASHBOARD_FACTS names an engine elsewhere."
            own = f" `costs --{asked.command}` and `dimensions --{asked.command}` are about what is kept of yours here."
            return complain(why + (own if asked.command in ("undo", "history") else ""), 2)
        commits = count_commits(settings)
        status = data.run(asked, Path(settings.facts), engine_of(settings))
        if asked.command == "import" and not asked.dry_run and (status == 0 or count_commits(settings) > commits):
            say_how_to_look(settings)
        return status
    if asked.debug:
        from serving import serve_debug

        return serve_debug(settings)
    reader = ReaderProcess(settings.facts, engine_of(settings))  # before anything heavy is imported: it reads meanwhile
    from serving import serve

    return serve(settings, reader)


def own_addresses(settings: Settings) -> list[str]:
    """An address with a key for each dashboard that runs here over the facts. Raises NoSecret."""
    from access.own_key import OwnKey, address_with_key
    from access.running_servers import running_servers
    from machine.state_folder import state_folder

    key = OwnKey(state_folder(settings.state, None if elsewhere(settings.facts) else Path(settings.facts)))
    return [address_with_key(address, key) for address in running_servers(key.folder)]


def print_addresses(settings: Settings) -> int:
    """Print an address for each dashboard that runs here over the facts; returns the exit status."""
    from access.own_key import NoSecret, command_line, once_sentence

    try:
        addresses = own_addresses(settings)
    except NoSecret as problem:
        return complain(str(problem))
    if not addresses:
        here = "no dashboard runs here over these data."
        return complain(f"{here} `{command_line()} serve` starts one and prints its address.")
    print("\n".join((*addresses, once_sentence())))
    return 0


def say_how_to_look(settings: Settings) -> None:
    """Print, after an import, where the figures can be looked at; nothing behind a company's sign-in."""
    from access.own_key import NoSecret, command_line, once_sentence
    from facts.delta.table_names import DEMO_NAME
    from facts.delta.tables import delta_table_at

    table = delta_table_at(Path(settings.facts))
    if table is None or table.metadata().name == DEMO_NAME:
        return
    try:
        addresses = own_addresses(settings)
    except NoSecret as problem:
        complain(str(problem))
        return
    if addresses:
        print("Look at it here: " + "\n                 ".join(addresses) + f"\n{once_sentence()}")
    elif settings.entry != "jwt":
        alone = "DASHBOARD_AUTH=key " if settings.entry == "demo" else ""
        print(f"To look at it: {alone}{command_line()} serve")


def carry_out_dimensions(settings: Settings, asked: argparse.Namespace) -> int:
    """Show, keep, list or undo the rules of own dimensions, as `asked`; returns the exit status."""
    from facts import DataProblem
    from facts.deadline import NoAnswer
    from facts.own_rules import WrongRules, rules_of_data
    from ingest.rules_command import change_or_list

    path = rules_of_data(settings.facts, settings.state)
    try:
        if path is None:
            raise WrongRules("set DASHBOARD_STATE to a folder, as DASHBOARD_FACTS names an engine elsewhere.")
        if asked.undo or asked.history:
            change_or_list(asked, path)
        else:
            show_dimensions(settings, path, asked.file, asked.keep)
    except WrongRules as problem:
        return complain(printable(f"{asked.file.name}: {problem}" if asked.file else str(problem)))
    except (DataProblem, NoAnswer, OSError) as problem:
        return complain(sentence_of(problem))
    return 0


def show_dimensions(settings: Settings, path: Path, file: Path | None, keep: bool) -> None:
    """Print what each rule of own dimensions catches, of a `file` or of those kept at `path`."""
    from app import writing_of
    from facts import ALL_ROWS
    from facts.own_rules import WrongRules, rules_in
    from facts.rules_history import change_rules
    from facts.source import load
    from ingest.who import who
    from views.own_rules import catches_in, lines_of

    if keep and file is None:
        raise WrongRules("name the FILE whose rules are to be kept.")
    if file is None and not path.exists():
        raise WrongRules(f"no rules are kept in {path}: name a FILE with some.")
    dimensions = rules_in(content := (file or path).read_bytes())
    if keep:
        change_rules(path, content, who())
    facts = load(settings.facts, engine=engine_of(settings))
    platforms = facts.options(ALL_ROWS)["platform"]
    for line in lines_of(catches_in(facts, dimensions, ALL_ROWS), platforms, writing_of(settings)(facts)):
        print(printable(line))
    if keep:
        print(f"Kept in {printable(str(path))}; a dashboard that runs has them within five seconds.")
    elif file is not None:
        print("Nothing is kept yet: --keep keeps these rules.")


def count_commits(settings: Settings) -> int:
    """How many commits the facts' log holds: more where a file was imported."""
    return len(list(Path(settings.facts).glob("_delta_log/*.json")))


def roll_up(settings: Settings, out: Path) -> int:
    """Write the roll-up of the facts that are set; returns the exit status."""
    from facts.deadline import NoAnswer
    from facts.protocol import DataProblem
    from ingest import rollup

    try:
        written = rollup.roll_up(settings.facts, out, settings.facts_mapping)
        print(f"{written:,} rows by day and dimensions in {printable(str(out))}.")
    except (DataProblem, NoAnswer) as problem:
        return complain(sentence_of(problem))
    return 0


def check() -> int:
    """Verify what a deploy rests on and print what was found; 1 where there is a fault, each said on stderr."""
    from access.keys import Keys
    from access.policy import WrongPolicy, read_policy
    from app import admit, given_pages, policy_pages
    from facts.engines.address import label
    from facts.protocol import DataProblem
    from facts.source import load
    from pages import EVERY
    from views.roles import role_faults

    wrong = faults()
    for name in unknown_variables():
        wrong.append(f"{name} is no setting of this dashboard.")
    facts = policy = None
    if not wrong:
        settings = from_environment()
        print(f"settings  auth {settings.auth or 'unset'}, prefix {settings.prefix}, hosts {', '.join(settings.hosts)}")
        try:
            facts = load(settings.facts, engine=engine_of(settings))
            through, of = facts.extent().last, "the demo's" if facts.demo else "your own"
            print(f"data      {label(settings.facts)}: {of}, version {facts.version}, through {through}")
            for key, values in facts.own.known.items():
                print(f"dimension {key}: {', '.join(values)}")
            if facts.side.missing_cut:
                wrong.append(facts.side.missing_cut)
            admit(facts, settings, demo=settings.entry == "demo")
        except DataProblem as problem:
            wrong.append(str(problem))
        if settings.auth == "jwt":
            if why := Keys(settings.auth_keys).problem():
                wrong.append(f"DASHBOARD_AUTH_KEYS: {settings.auth_keys} gives no keys: {why}.")
            else:
                print(f"sign-in   keys from {settings.auth_keys}, issuer {settings.auth_issuer}")
            try:
                policy = read_policy(settings.policy, policy_pages(settings))
            except WrongPolicy as fault:
                wrong.append(str(fault))
    for role in policy.roles if policy else ():
        rows = "; ".join(f"{name} {', '.join(values)}" for name, values in role.rows) or "all"
        groups, pages = ", ".join(sorted(role.groups)), ", ".join(role.pages)
        print(f"role      {role.name}: groups {groups}; pages {pages}; rows {rows}")
        if role.chosen:
            print(f"          hides {', '.join(sorted(role.chosen))}")
        if more := sorted(role.hides - role.chosen):
            print(f"          nor shows what would give it away or tells of the whole company: {', '.join(more)}")
    if policy and facts:
        wrong += role_faults(policy, facts, EVERY, given_pages(settings))
    if base := base_image():
        print(f"image     {base}")
    for sentence in wrong:
        complain(printable(sentence))
    print("no fault found" if not wrong else f"{len(wrong)} fault{'s' if len(wrong) > 1 else ''}")
    return 1 if wrong else 0


def base_image(folder: Path = Path(__file__).parent) -> str:
    """What the image was built from, as its Dockerfile notes, and what to do where that is no digest; "" elsewhere."""
    note = folder / "base-image"
    if not note.exists():
        return ""
    base = note.read_text().strip()
    if "@sha256:" in base:
        return f"built from {base}"
    return f"built from {base}, a name that moves: for a deploy build with --build-arg BASE={base}@sha256:…"


if __name__ == "__main__":
    sys.exit(main())
