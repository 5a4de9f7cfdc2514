package tlsconfig

import (
	"bytes"
	"encoding/hex"

	"tidelock/proxy/stream"
)

// keyLog takes the lines that crypto/tls writes for a file of the NSS key log format: label, client random, secret. It
// belongs to one handshake.
type keyLog struct{ stream.KeyLog }

// Write implements io.Writer: p is one line.
func (k *keyLog) Write(p []byte) (int, error) {
	if words := bytes.Fields(p); len(words) == 3 {
		if k.ClientRandom == nil {
			k.ClientRandom, _ = hex.AppendDecode(nil, words[1])
			k.Secrets = map[string][]byte{}
		}
		k.Secrets[string(words[0])] = bytes.Clone(words[2])
	}
	return len(p), nil
}
