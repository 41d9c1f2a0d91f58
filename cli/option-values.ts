import { InvalidArgumentError } from "commander";

/** A version of the Pod Security Standards. Throws commander's own error for anything else. */
export function podSecurityVersion(text: string): string {
  if (/^(latest|v1\.\d{1,3})$/.test(text)) return text;
  throw new InvalidArgumentError("expected latest or a version such as v1.36");
}

/** A version of Kubernetes. Throws commander's own error for anything else. */
export function kubernetesVersion(text: string): string {
  if (/^v?1\.\d{1,3}(?:\.\d+)?$/.test(text)) return text;
  throw new InvalidArgumentError("expected a version such as 1.36");
}
