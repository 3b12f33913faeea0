// libsodium's sealed box: an ephemeral key, and a nonce that is BLAKE2b over both public keys. See README.md beside this.
import "../vendor/tweetnacl/nacl-fast.min.js";
import { blake2b } from "../vendor/noble-hashes/blake2.js";
import { joined } from "./bytes.js";

const { box } = self.nacl;

// Only who holds the private half of `key` can open what this returns; not even this page can.
export function seal(plaintext, key) {
  const { publicKey, secretKey } = box.keyPair();
  const nonce = blake2b(joined(publicKey, key), { dkLen: box.nonceLength });
  const sealed = joined(publicKey, box(plaintext, nonce, key, secretKey));
  secretKey.fill(0);
  return sealed;
}
