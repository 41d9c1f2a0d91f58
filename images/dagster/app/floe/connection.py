"""python3 -m floe.connection <address of the webserver>: passes when it answers and has loaded every code location; the words say which it has not."""

import json
import sys
from urllib.request import Request, urlopen

QUERY = "{ workspaceOrError { ... on Workspace { locationEntries { name locationOrLoadError { __typename ... on PythonError { message } } } } } }"


def main(address: str) -> int:
    body = json.dumps({"query": QUERY}).encode()
    with urlopen(Request(f"{address}/graphql", body, {"Content-Type": "application/json"}), timeout=30) as response:
        entries = json.load(response)["data"]["workspaceOrError"]["locationEntries"]
    wrong = [entry for entry in entries if entry["locationOrLoadError"]["__typename"] != "RepositoryLocation"]
    for entry in wrong:
        print(f"code location {entry['name']}: {entry['locationOrLoadError'].get('message', 'not loaded')}")
    print(f"{len(entries) - len(wrong)} of {len(entries)} code locations are loaded")
    return 1 if wrong or not entries else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
