"""A page without a browser: keeps a page of the studio open over its websocket, as a tab does, and draws nothing.

For measuring what a page costs the server, with the browser's own share left out:
`python -m composer.ui.watcher ws://127.0.0.1:8501/_stcore/stream Train run=<id>`.
"""

from __future__ import annotations

import sys
import time

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect


def watch(address: str, page: str, query: str) -> None:
    """Open `page` with this `query` and run its fragments again whenever they are due, until the server goes away."""
    with connect(address, subprotocols=["streamlit"], max_size=None) as connection:  # type: ignore[list-item]
        _ask(connection, query, page_name=page)
        page_hash, due, every = "", dict[str, float](), dict[str, float]()
        while True:
            wait = max(min(due.values(), default=time.monotonic() + 1) - time.monotonic(), 0)
            try:
                message = ForwardMsg.FromString(bytes(connection.recv(wait, decode=False)))
            except TimeoutError:
                for fragment in [name for name, moment in due.items() if moment <= time.monotonic()]:
                    due[fragment] = time.monotonic() + every[fragment]
                    _ask(connection, query, page_script_hash=page_hash, fragment_id=fragment, is_auto_rerun=True)
                continue
            kind = message.WhichOneof("type")
            if kind == "new_session":
                page_hash = message.new_session.page_script_hash
            elif kind == "auto_rerun":
                told = message.auto_rerun
                every[told.fragment_id] = told.interval
                due.setdefault(told.fragment_id, time.monotonic() + told.interval)


def _ask(connection: ClientConnection, query: str, **state: str | bool) -> None:
    message = BackMsg()
    message.rerun_script.query_string = query
    for name, value in state.items():
        setattr(message.rerun_script, name, value)
    connection.send(message.SerializeToString())


if __name__ == "__main__":
    watch(*sys.argv[1:4])
