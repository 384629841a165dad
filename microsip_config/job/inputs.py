"""What a job brings to say what a file shall be: templates, variables, secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import ErrorList, MicrosipConfigError, VariableError
from ..operations.ledger import Ledger
from ..results import Issue
from ..secret import Secret

if TYPE_CHECKING:
    from ..system.account import Account
    from ..template.layers import Template
    from ..template.model import Desired
    from .request import Job
    from .surroundings import Surroundings

_SHOWN = 10  # values in a message


class JobInputs:
    """The wanted state of one job, and what it is made of.

    :param ledger: takes the warnings, and learns each secret.
    :param owner: whose target it is, if another user's.
    """

    def __init__(
        self,
        job: Job,
        surroundings: Surroundings,
        ledger: Ledger,
        owner: Callable[[], Account | None],
    ) -> None:
        self.job, self.surroundings, self.ledger = job, surroundings, ledger
        self._owner = owner
        self._withheld: frozenset[str] = frozenset()
        self._origins: dict[str, str] = {}  # of each variable that is given

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment without the variables that secrets were read from."""
        environ = self.surroundings.world.environ
        if not self._withheld:
            return environ
        return {n: v for n, v in environ.items() if self._folded(n) not in self._withheld}

    def _folded(self, variable: str) -> str:
        """The name of an environment variable as the system compares it."""
        return variable.upper() if self.surroundings.platform == "win32" else variable

    def rendered(self) -> Desired:
        """The templates, filled in with the variables and secrets of the job."""
        from ..template.layers import load

        if self.job.desired is not None:
            return self.register_secrets(self.job.desired)
        options, variables = self.job.options, self._variables
        template = load(self.job.templates, caller=self.surroundings.caller)
        self.ledger.template_sha256 = template.sha256
        self.tell_unused(template)
        desired = template.render(
            variables,
            self.secrets,
            allow_commands=bool(options.get("allow_commands")),
            ignore_secrets=bool(options.get("ignore_secrets")),
        )
        if desired.left_out:
            self.ledger.warn(_secrets_ignored(desired.left_out))
        return self.register_secrets(desired)

    @cached_property
    def _variables(self) -> Mapping[str, Any]:
        from ..template.variables import collect

        options, around, owner = self.job.options, self.surroundings, self._owner()
        return collect(
            options.get("var") or (),
            options.get("vars_files") or (),
            given=self.job.variables,
            env=self.environ,
            user=around.user if owner is None else {"name": owner.name},
            host=around.host,
            caller=around.caller,
            asked_for=self._asked_for,
            origins=self._origins,
        )

    def tell_unused(self, template: Template | None, *others: Template) -> None:
        """Warn of variables and secrets that no template uses; raise with ``strict``."""
        names = ("var", "vars_files", "secret")
        if not (self.job.variables or self.job.secrets or any(map(self.job.options.get, names))):
            return
        from ..template.uses import unused, used_names

        _ = self._variables
        given = dict(self._origins)
        for name in self.secrets:
            given[f"secret.{name}"] = "secrets" if name in self.job.secrets else "--secret"
        used = [name for other in others for name in used_names(other)]
        found = unused(template, given, used)
        if not self.job.options.get("strict"):
            self.ledger.warn(*found)
            return
        errors = ErrorList()
        for issue in found:
            code, message, hint, where = issue
            errors.add(VariableError(message, hint=hint, where=where, code=code))
        errors.settle()

    def _asked_for(self) -> Sequence[str]:
        """The variables that the templates ask for, as far as they can be read."""
        from ..template.layers import load
        from ..template.uses import used_names

        names: list[str] = []
        for template in self.job.templates:
            with suppress(MicrosipConfigError):
                names += used_names(load([template], caller=self.surroundings.caller))
        return names

    def register_secrets(self, desired: Desired) -> Desired:
        """``desired``, whose secrets are taken out of all output from now on.

        A password may come from a variable or an edit, too, where nobody knew it for a secret.
        """
        for wish in desired.assignments:
            if isinstance(wish.text, Secret):
                self.ledger.register_secrets(wish.text)
        return desired

    @cached_property
    def secrets(self) -> Mapping[str, Secret]:
        """The secrets of the job, each read when it is used, and taken out of all output."""
        self.ledger.register_secrets(*self.job.secrets.values())
        specs = self.job.options.get("secret")
        if not specs:
            return self.job.secrets
        from ..secrets.collect import collect
        from ..secrets.sources.source import SecretWorld

        around = self.surroundings
        world = SecretWorld(
            environ=around.environ,
            read_stdin=around.read_stdin,
            is_terminal=around.is_terminal,
            prompt=around.prompt,
            allow_open_files=bool(self.job.options.get("allow_open_secrets")),
            trusted_readers=self.job.options.get("trust_readers") or (),
            caller=around.caller,
            seen=self.ledger.register_secrets,
        )
        secrets = collect(specs, world, self.job.secrets)
        self._withheld = frozenset(map(self._folded, secrets.variables))
        return secrets


def _secrets_ignored(left_out: Sequence[str]) -> Issue:
    shown = ", ".join(left_out[:_SHOWN]) + (" ..." if len(left_out) > _SHOWN else "")
    return Issue(
        "secrets-ignored",
        f"not compared, as --ignore-secrets asks: {shown}",
        "give the secrets with --secret to compare them, too",
    )
