"""How the kernel of a page packs its messages; imported by every kernel, and for that alone a module."""

import json

from jupyter_client.jsonutil import json_default
from jupyter_client.session import json_packer


def pack(message: object) -> bytes:
    """Return a message as bytes, also where a text in it has half a surrogate pair, which UTF-8 cannot write."""
    try:
        return json_packer(message)
    except UnicodeEncodeError:
        return json.dumps(message, default=json_default).encode()
