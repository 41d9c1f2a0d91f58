/** Addresses of Git repositories that the agent commits to: https, a host and a path, and nothing that a server or a proxy could read in another way. Pure. */

/** A whole address, as RE2 and JavaScript read it alike: no user, query, fragment, percent sign, nor a segment `.` or `..`. The templates of charts/zen-agent
 *  read it in profiles.yaml. */
export const repositoryPattern =
  "^https://[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*(:[1-9][0-9]{0,4})?(/\\.?[A-Za-z0-9_~+-]+(\\.[A-Za-z0-9_~+-]+)*)+/?$";

/** An example, for messages. */
export const repositoryExample = "https://git.example.com/shop/";

/** Errors of the repositories that the agent may commit to, by the path below `gitops`. `commits`: whether it commits at all. */
export function repositoryMistakes(repositories: readonly string[], commits: boolean): string[] {
  if (commits && repositories.length === 0)
    return [
      `repositories: missing while agent.execution.modes has gitops-immediate: the agent would show its credentials for Git to any host that a remediation names (ISO A.8.12); name the repositories, or what they begin with, such as [${repositoryExample}]`,
    ];
  const pattern = new RegExp(repositoryPattern);
  return repositories.flatMap((one, index) =>
    pattern.test(one)
      ? []
      : [
          `repositories[${index}]: expected https://, a host and a path, without user, query, fragment, % and ..; write one such as ${repositoryExample}`,
        ],
  );
}
