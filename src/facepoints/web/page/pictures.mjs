// Photos and the webcam as pixels.

const LONGEST = 4096; // pixels; larger photos are shrunk to this, for the memory of phones

/** A photo as the person sees it, turned as its EXIF block says: { picture: what can be drawn, image: its pixels }. */
export async function opened(blob, name) {
  const options = { imageOrientation: "from-image", colorSpaceConversion: "none" };
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob, options);
  } catch {
    throw new Error(`${name} is no image that this browser can read.`);
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = surface(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  return { picture: canvas, image: pixels(canvas, bitmap) };
}

export function surface(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

/** Draw something over a whole canvas, and take the pixels. */
export function pixels(canvas, picture) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

const REFUSALS = {
  NotAllowedError: "The camera was refused. Allow it for this page in your browser, then start the webcam again.",
  NotFoundError: "There is no camera on this machine.",
  OverconstrainedError: "That camera is not there any more. Choose another one.",
  NotReadableError: "The camera cannot be opened: another program may be using it.",
};

/** A camera's pictures. Fails with a sentence that says why there are none. */
export async function camera(id) {
  if (!navigator.mediaDevices?.getUserMedia)
    throw new Error("Browsers lend a camera only to pages that come by https, or from this machine itself.");
  const video = { width: { ideal: 640 }, height: { ideal: 480 }, ...(id ? { deviceId: { exact: id } } : {}) };
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: false });
  } catch (error) {
    throw new Error(REFUSALS[error.name] ?? `The camera cannot be opened: ${error.message}`);
  }
}

/** Number and name of each camera; names are there once one has been allowed. */
export async function cameras() {
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  return devices.map(({ deviceId, label }, i) => ({ id: deviceId, name: label || `Camera ${i + 1}` }));
}
