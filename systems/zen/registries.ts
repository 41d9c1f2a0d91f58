/** Registries that images of zen may come from, by profile. Pure. */
import { fullName } from "../../policy/images/image-reference";
import { type ProfileName, profiles } from "./profiles";

const own = "docker.io/kubezen/";

const fits = (image: string, allowed: string): boolean =>
  allowed.endsWith("/*") ? image.startsWith(allowed.slice(0, -1)) : image === allowed;

/** Why a repository is not allowed; undefined when it is. `policy`: registries of the configuration, which replace the profile's. */
export function registryMistake(
  repository: string,
  profile: ProfileName,
  policy: readonly string[],
): string | undefined {
  const image = fullName(repository);
  const allowed = (policy.length > 0 ? policy : profiles[profile].registries).map(fullName);
  if (allowed.some((one) => fits(image, one))) return undefined;
  return `${repository} is ${image}, which is of no allowed registry; profile ${profile} has: ${allowed.join(", ")}; take the image from there, or name its registry in registryPolicy (ZN-64)`;
}

/** Registries that no configuration may allow: of Docker Hub there is kubezen alone. */
export const forbiddenRegistries = (policy: readonly string[]): { readonly index: number; readonly full: string }[] =>
  policy.flatMap((one, index) => {
    const full = fullName(one);
    return full.startsWith("docker.io/") && !full.startsWith(own) ? [{ index, full }] : [];
  });
