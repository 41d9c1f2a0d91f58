import { imageDefinitions } from "../../images/build/image-definition";

const images = imageDefinitions().flatMap((image) => (image.from === "go" ? [image] : []));

/** Names of the images made of a Go module. */
export const goImages = images.map(({ name }) => name);

/** Those that are built in a moment; the others have tests of their own. */
export const quickGoImages = images.filter(({ seconds }) => seconds === undefined).map(({ name }) => name);
