// The letters that the server wrote as files, read like a mailbox. Refuses to wait for ever.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";

const FOLDER = join(process.env.NQ57_DATA_DIR ?? "../data", "mail");

/** The paths of the links with a token in the letters to this address, oldest first. */
function links(address: string): string[] {
  return readdirSync(FOLDER)
    .sort()
    .map((file) => readFileSync(join(FOLDER, file), "utf8"))
    .filter((letter) => letter.split("\r\n").some((line) => line.startsWith("To:") && line.includes(address)))
    .flatMap((letter) => /\/[a-z-]+\?token=[\w-]+/.exec(decoded(letter)) ?? []);
}

function decoded(letter: string): string {
  const end = letter.indexOf("\r\n\r\n");
  const [head, body] = [letter.slice(0, end), letter.slice(end + 4)];
  if (/^Content-Transfer-Encoding: base64/im.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (!/^Content-Transfer-Encoding: quoted-printable/im.test(head)) return body;
  return body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_all, code: string) => String.fromCharCode(parseInt(code, 16)));
}

/** The link of the letter number `count` to this address, once it has come. */
export async function linkFor(address: string, count = 1): Promise<string> {
  await expect.poll(() => links(address).length, { message: `letters to ${address}` }).toBe(count);
  return links(address)[count - 1] ?? "";
}
