import { imageTagForbidden } from "../../../policy/checks/image-tag-forbidden";
import { UNKNOWN } from "../../../policy/manifest/unknown";
import { policySettings } from "../../../policy/settings/settings-schema";
import { container, deployment, image, podSpec, prod } from "../support/pod";
import { ruleCases } from "../support/rule-cases";

const of = (name: unknown) => deployment(podSpec({ containers: [container({ image: name as string })] }));
const must = (got: string, tags = "latest") => [
  `container "web": image must be with a tag other than ${tags}, got ${got}`,
];

ruleCases(imageTagForbidden, "image-tag-forbidden", [
  ["passes a version", of("web:1.2")],
  ["passes a tag with a digest: the digest decides", of(image.replace("@", ":latest@"))],
  [
    "fails a tag with what only looks like a digest",
    of("web:latest@sha256:0123"),
    must('"web:latest@sha256:0123" (tag latest)'),
  ],
  ["passes a port that is no tag", of("localhost:5000/web:1")],
  ["[MR-30] fails latest", of("web:latest"), must('"web:latest" (tag latest)')],
  ["fails no tag, which is latest", of("localhost:5000/web"), must('"localhost:5000/web" (tag latest)')],
  ["fails no image", of(null), must("unset")],
  [
    "cannot evaluate an unknown image",
    of(UNKNOWN),
    ['container "web": image cannot be evaluated, got a value unknown until deployment'],
  ],
]);

ruleCases(
  imageTagForbidden,
  "image-tag-forbidden",
  [
    ["passes latest when others are forbidden", of("web:latest")],
    ["fails a tag of the list", of("web:2-SNAPSHOT"), must('"web:2-SNAPSHOT" (tag 2-SNAPSHOT)', "edge, *-SNAPSHOT")],
  ],
  { ...prod, settings: policySettings.parse({ forbiddenTags: ["edge", "*-SNAPSHOT"] }) },
);

ruleCases(
  imageTagForbidden,
  "image-tag-forbidden",
  [["fails latest where nothing else is said", of("web:latest"), must('"web:latest" (tag latest)')]],
  { ...prod, settings: undefined },
);
