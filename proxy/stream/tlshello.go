package stream

// ClientHello is what is kept of the message that a TLS connection began with (tune.ssl.capture-buffer-size). Lists are as
// they came, in big-endian order, or the beginnings of them.
type ClientHello struct {
	Version                                   uint16
	Hash                                      uint64 // XXH64 of all ciphers, kept or not
	Ciphers, Extensions, Curves, PointFormats []byte
}

// KeyLog is what can decipher a recorded TLS connection (tune.ssl.keylog).
type KeyLog struct {
	ClientRandom []byte
	Secrets      map[string][]byte // in hexadecimal, by the labels of the NSS key log format
}
