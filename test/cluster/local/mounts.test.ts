import assert from "node:assert/strict";
import { mounts, mountsBelow, parseMounts } from "../../../cluster/local/mounts";

describe("cluster mounts", () => {
  it("reads mount points with spaces and backslashes, and the optional fields' varying number", () => {
    const text = [
      "22 27 0:21 / /proc rw,relatime - proc proc rw",
      "30 27 0:30 / /a\\040b\\134c rw shared:1 master:2 - tmpfs tmpfs rw,size=1k",
      "",
    ].join("\n");
    assert.deepEqual(parseMounts(text), [
      { point: "/proc", type: "proc" },
      { point: "/a b\\c", type: "tmpfs" },
    ]);
  });

  it("are below a folder and not beside it, the topmost first, as they can be unmounted", () => {
    const all = ["/run/one", "/run/one/net", "/run/one-2/net", "/run/one/pods", "/run/one/pods/a"];
    const below = mountsBelow(
      "/run/one",
      all.map((point) => ({ point, type: "tmpfs" })),
    );
    assert.deepEqual(below, ["/run/one/pods/a", "/run/one/pods", "/run/one/net"]);
  });

  it("finds this machine's /proc", () => {
    assert.ok(mounts().some((mount) => mount.point === "/proc" && mount.type === "proc"));
  });
});
