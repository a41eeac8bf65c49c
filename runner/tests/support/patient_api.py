"""An administrator's requests, which wait for an API server that answers late on a busy machine."""

import time
from collections.abc import Mapping
from http import HTTPStatus

from nightlane_runner.api.client import Api
from nightlane_runner.api.errors import ApiRefused, ApiUnknown
from nightlane_runner.json_tree import JsonObject, text_at

_PATIENCE_SECONDS = 60.0


class PatientApi(Api):
    """Repeats what got no answer; what the request before has done all the same counts as done."""

    def _request(self, method: str, path: str, query: Mapping[str, str] | None, body: JsonObject | None) -> JsonObject:
        end = time.monotonic() + _PATIENCE_SECONDS
        repeated = False
        while True:
            try:
                return super()._request(method, path, query, body)
            except ApiUnknown:
                if time.monotonic() > end:
                    raise
                repeated = True
                time.sleep(0.5)
            except ApiRefused as error:
                name = text_at(body or {}, "metadata", "name")
                if repeated and method == "POST" and error.reason == "AlreadyExists" and name:
                    return self.get(f"{path}/{name}")
                if repeated and method == "DELETE" and error.status == HTTPStatus.NOT_FOUND:
                    return {}
                raise
