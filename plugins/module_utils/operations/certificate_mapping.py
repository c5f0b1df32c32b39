# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.certificate_mapping."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from ..core import certificates, mapping, preflight
from ..core.errors import OptionError, RefusedError, TransportError
from ..core.libraries import CLIENT_LIBRARIES
from ..services.certificate_api import CertificateApi
from ..services.credential_stores.choose import names_store
from ..services.http_client import HttpClient
from ..services.oauth_client import Pair, open_http_client, read_certificate, read_client, read_pair
from ..services.rest_api import CallRefusedError
from ..services.token_endpoint import TokenRefusedError
from .certificate_mapping_info import API
from .operation import Context, Operation, Options, Result
from .option_groups import CLIENT_EXCLUSIVE


def run(options: Options, context: Context) -> Result:
    """Bring one certificate's mapping into the wanted state."""
    certificate = None
    if options["state"] == "present":
        certificate = read_certificate(options, context.vault)
        preflight.stop_at_blocking(preflight.certificate_problems(certificate, context.now()))
    with open_http_client(options, context.clock, context.sleep) as http_client:
        api = CertificateApi.connect(_signer(options, context), context.vault, http_client, context.clock)
        if certificate is not None:
            pair, in_use = _own_pair(certificate, options, context), _in_use(options, context)
            return Upload(certificate, options, context, http_client, api, pair, in_use).run()
        target = options["certificate_id"] or certificates.certificate_id(read_certificate(options, context.vault))
        return revoke(target, context, api)


def _own_pair(certificate: certificates.Certificate, options: Options, context: Context) -> Pair | None:
    """The certificate's own pair, where the options hold its key."""
    if not (names_store(options) or options["private_key_path"] or options["private_key_content"]):
        return None
    pair = read_pair(options, context.vault)
    return pair if certificates.matches(certificate, pair.key) else None


def _in_use(options: Options, context: Context) -> str | None:
    """Id of the certificate that signs, which had better not be revoked."""
    if options["access_token"]:
        return None
    return read_client(_signer(options, context), context.vault).request.certificate_id


def _signer(options: Options, context: Context) -> Options:
    """The options that authorise.

    certificate_path, certificate_content and generation say which certificate is to be mapped, and certificate_id which
    one is to be revoked; the private key may well be of another.
    """
    if options["access_token"]:
        return options
    if names_store(options):
        return {**options, "generation": "active", "certificate_id": None}
    if options["signing_certificate_id"]:
        certificate_id = options["signing_certificate_id"]
    else:
        pair = read_pair(options, context.vault)
        if pair.certificate is not None and certificates.matches(pair.certificate, pair.key):
            # With state=present, certificate_id is what NetSuite calls this very certificate.
            return options if options["state"] == "present" else {**options, "certificate_id": None}
        certificate_id = options["certificate_id"] if options["state"] == "present" else None
    if not certificate_id:
        raise OptionError(
            "Which certificate the private key belongs to is not known",
            "Name it with signing_certificate_id, as NetSuite shows it",
            cause="certificate_missing",
        )
    return {**options, "certificate_id": certificate_id, "certificate_path": None, "certificate_content": None}


@dataclass(frozen=True)
class Upload:
    """Making sure that one certificate is mapped and active.

    Attributes:
        pair: The certificate's own pair, where its key is known.
        in_use: Id of a certificate that had better not be revoked.
    """

    certificate: certificates.Certificate
    options: Options = field(repr=False)
    context: Context
    http_client: HttpClient
    api: CertificateApi
    pair: Pair | None = None
    in_use: str | None = None

    @property
    def computed(self) -> str:
        """The certificate's own id; NetSuite's is the same, as far as is known."""
        return certificates.certificate_id(self.certificate)

    def run(self) -> Result:
        """Look at the list, upload where the certificate is not in it, and take over the id that NetSuite gives."""
        before = self.api.list()
        found = self._listed(before)
        if found is not None:
            _check_same_place(found, self.options)
            return self._result(False, found, before)
        try:
            mapping.check_room(before, self.context.now(), in_use=self.in_use)
            if self.context.check_mode:
                return self._result(True, _prediction(self.certificate, self.options, self.context.now()), before)
            after = self._send() or self._found_after_all()
        except RefusedError:
            # A run that was cut short may have uploaded it, or one that shares the integration a moment ago.
            found = self._found_after_all()
            if found is None:
                raise
            _check_same_place(found, self.options)
            return self._result(False, found, before)
        if after is None:
            raise RefusedError(
                "The certificate was sent but NetSuite does not list it",
                "Look at the list in NetSuite's UI, then try again",
                cause="upload_lost",
            )
        return self._result(True, after, before)

    def _send(self) -> mapping.Mapping | None:
        pem, role, entity = certificates.to_pem(self.certificate), self.options["role"], self.options["entity"]
        return self.api.upload(pem, role, entity, lambda: self._found_after_all() is None)

    def _listed(self, mappings: list[mapping.Mapping]) -> mapping.Mapping | None:
        ids = {self.computed, self.options["certificate_id"]}
        alive = mapping.active(mappings, self.context.now())
        return next((one for one in alive if one.certificate_id in ids), None)

    def _found_after_all(self) -> mapping.Mapping | None:
        mappings = self.api.list()
        return self._listed(mappings) or self._under_another_id(mappings)

    def _under_another_id(self, mappings: list[mapping.Mapping]) -> mapping.Mapping | None:
        """The mapping of this certificate under an id that is not computed from it.

        The list does not show certificates, so the proof is a token: NetSuite grants one for an id only to the key that
        belongs to it. Only mappings that look alike are tried.
        """
        if self.pair is None:
            return None
        wanted = _prediction(self.certificate, self.options, self.context.now())
        for one in mapping.active(mappings, self.context.now()):
            if mapping.looks_like(one, wanted):
                signer = replace(self.pair, netsuite_id=one.certificate_id)
                try:
                    read_client(self.options, None, signer).request_token(self.http_client, self.context.clock)
                except TokenRefusedError:
                    continue
                return one
        return None

    def _result(self, changed: bool, after: mapping.Mapping, listed: list[mapping.Mapping]) -> Result:
        if after.certificate_id not in (self.computed, self.options["certificate_id"]):
            self.context.warnings.append(
                f"NetSuite lists the certificate as {after.certificate_id}, but its computed id is {self.computed}."
                " Use NetSuite's: set certificate_id to it."
            )
        known = {one.certificate_id for one in mapping.active(listed, self.context.now())}
        return _result(changed, None if changed else after, after, len(known | {after.certificate_id}))


def revoke(target: str, context: Context, api: CertificateApi) -> Result:
    """Make sure that NetSuite lists a certificate as revoked.

    Raises:
        RefusedError: it lists no such certificate, or the revocation was refused, or did not happen.
        TransportError: no answer came.
    """
    before = api.list()
    found = mapping.find(before, target)
    if found is None:
        raise RefusedError(
            f"NetSuite lists no certificate {target} for this integration, so there is nothing to revoke",
            "Compare the id with m2m.netsuite.certificate_mapping_info; only administrators see other people's",
            cause="unknown_certificate",
        )
    active = len(mapping.active(before, context.now()))
    if found.revoked:
        return _result(False, found, found, active)
    after = mapping.Mapping(**{**vars(found), "revoked": True})
    if not context.check_mode:
        _revoke_and_see(target, api)
    return _result(True, found, after, active - found.is_active(context.now().date()))


def _revoke_and_see(target: str, api: CertificateApi) -> None:
    """Revoke, and see whether it is done: a good answer may be another server's, and a lost one says nothing."""
    problem = None
    try:
        api.revoke(target)
    except (CallRefusedError, TransportError) as error:
        problem = error
    left = mapping.find(api.list(), target)
    if left is not None and not left.revoked:
        raise problem or RefusedError(
            f"NetSuite accepted the revocation of {target} and still lists it as active",
            "Look at the list in NetSuite's UI, then try again",
            cause="revocation_lost",
        )


def _check_same_place(found: mapping.Mapping, options: Options) -> None:
    wanted = {"role": options["role"], "entity": options["entity"]}
    actual = {"role": found.role, "entity": found.entity}
    if any(actual[name] not in (None, str(wanted[name])) for name in wanted):
        raise RefusedError(
            f"The certificate is already mapped to role {found.role} and entity {found.entity}",
            "One certificate serves one role and one entity: correct role and entity, or make another pair for them",
            cause="mapped_elsewhere",
        )


def _prediction(certificate: certificates.Certificate, options: Options, now: datetime) -> mapping.Mapping:
    facts = certificates.describe(certificate, now)
    return mapping.Mapping(
        certificate_id=facts["certificate_id"],
        role=options["role"],
        entity=options["entity"],
        valid_from=facts["not_before"][:10],
        valid_until=facts["not_after"][:10],
        revoked=False,
        algorithm=facts["key_type"],
    )


def _result(changed: bool, before: mapping.Mapping | None, after: mapping.Mapping, active_count: int) -> Result:
    return {
        "changed": changed,
        "mapping": after.as_result(),
        "active_count": active_count,
        "diff": {"before": before.as_result() if before else {}, "after": after.as_result()},
    }


OPERATION = Operation(
    run=run,
    options={
        **API,
        "role": {"type": "str"},
        "entity": {"type": "str"},
        "signing_certificate_id": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "revoked"], "default": "present"},
    },
    libraries=CLIENT_LIBRARIES,
    mutually_exclusive=CLIENT_EXCLUSIVE,
    required_if=(("state", "present", ("role", "entity")),),
)
