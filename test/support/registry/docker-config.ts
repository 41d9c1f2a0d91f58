import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder in the place of ~/.docker, for what asks registries with the credentials of `docker login`. */
export class DockerConfig {
  private readonly before = process.env.DOCKER_CONFIG;
  readonly folder = mkdtempSync(join(tmpdir(), "docker-config-"));

  constructor() {
    process.env.DOCKER_CONFIG = this.folder;
  }

  /** Writes config.json; the folder is made when a test has removed it. */
  write(config: string): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, "config.json"), config);
  }

  /** Removes it and restores the environment. */
  remove(): void {
    if (this.before === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = this.before;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
