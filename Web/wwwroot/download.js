// The browser offers a file that the page has made.
export async function download(name, stream) {
  const address = URL.createObjectURL(new Blob([await stream.arrayBuffer()], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
