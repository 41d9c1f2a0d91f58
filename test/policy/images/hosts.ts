/** Repositories, each with its one full name: what the policy pack and the templates of charts have to agree about. */
export const fullNames: readonly (readonly [repository: string, full: string])[] = [
  ["nginx", "docker.io/library/nginx"],
  ["acme/agent", "docker.io/acme/agent"],
  ["kubezen/*", "docker.io/kubezen/*"],
  // every host of Docker Hub, as it is, with the default port, and with that port in other digits
  ...["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"].flatMap((host) =>
    ["", ":443", ":0443"].flatMap((port) => [
      [`${host}${port}/x/y`, "docker.io/x/y"] as const,
      [`${host}${port}/nginx`, "docker.io/library/nginx"] as const,
    ]),
  ),
  ["Docker.IO:443/x/y", "docker.io/x/y"],
  ["INDEX.docker.io/x/y", "docker.io/x/y"],
  ["Registry/x/y", "registry/x/y"],
  ["ghcr.io:443/kube-zen/zen-agent", "ghcr.io/kube-zen/zen-agent"],
  ["GHCR.io/kube-zen/zen-agent", "ghcr.io/kube-zen/zen-agent"],
  ["localhost/web", "localhost/web"],
  ["localhost:443/web", "localhost/web"],
  // another port is another registry
  ["docker.io:5000/x/y", "docker.io:5000/x/y"],
  ["docker.io:4430/x/y", "docker.io:4430/x/y"],
  ["docker.io:1443/x/y", "docker.io:1443/x/y"],
  ["registry.kube-zen.io:5000/zen-agent", "registry.kube-zen.io:5000/zen-agent"],
  ["docker.io.example.com/x/y", "docker.io.example.com/x/y"],
];
