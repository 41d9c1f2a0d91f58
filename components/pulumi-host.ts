import * as pulumi from "@pulumi/pulumi";
import { lineOf, type RunHost } from "../process/run-events";

/** Host of a run under plain `pulumi up`: writes its events to Pulumi's log, which the program flushes before it exits. */
export const pulumiHost: RunHost = {
  notify: (event) => {
    const line = lineOf(event);
    if (line !== undefined) void (event.code === "warning" ? pulumi.log.warn(line) : pulumi.log.info(line));
  },
};
