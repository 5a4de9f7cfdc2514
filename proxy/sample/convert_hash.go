package sample

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"strings"

	"tidelock/proxy/hash32"
	"tidelock/proxy/value"
)

// hashConverters condense binary values. The 32 bit ones take an argument that, when it is 1, spreads their result.
var hashConverters = []Converter{
	{Name: "crc32", Parameters: optional(Integer), Input: value.Binary, Output: value.Integer, Convert: hash32With(crc32.ChecksumIEEE)},
	{Name: "crc32c", Parameters: optional(Integer), Input: value.Binary, Output: value.Integer, Convert: hash32With(crc32c)},
	{Name: "digest", Parameters: required(String), Input: value.Binary, Output: value.Binary, Prepare: prepareDigest, Convert: digest},
	{Name: "djb2", Parameters: optional(Integer), Input: value.Binary, Output: value.Integer, Convert: hash32With(hash32.DJB2)},
	{Name: "hmac", Parameters: required(String, String), Input: value.Binary, Output: value.Binary, Prepare: prepareHMAC, Convert: authenticate},
	{Name: "sdbm", Parameters: optional(Integer), Input: value.Binary, Output: value.Integer, Convert: hash32With(hash32.SDBM)},
	{Name: "sha1", Input: value.Binary, Output: value.Binary, Convert: convertSHA1},
	{Name: "sha2", Parameters: optional(Integer), Input: value.Binary, Output: value.Binary, Prepare: prepareSHA2, Convert: digest},
}

func hash32With(h hash32.Function) conversion {
	return func(_ *Context, a []Argument, v value.Value) value.Value {
		n := h(v.Data)
		if a[0].Int != 0 {
			n = hash32.Avalanche(n)
		}
		return value.Int(int64(n))
	}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func crc32c(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// digests are the algorithms by the names that OpenSSL knows them by, in lower case.
var digests = map[string]func() hash.Hash{
	"md5": md5.New, "ssl3-md5": md5.New,
	"sha1": sha1.New, "sha-1": sha1.New, "ssl3-sha1": sha1.New,
	"sha224": sha256.New224, "sha-224": sha256.New224, "sha2-224": sha256.New224,
	"sha256": sha256.New, "sha-256": sha256.New, "sha2-256": sha256.New,
	"sha384": sha512.New384, "sha-384": sha512.New384, "sha2-384": sha512.New384,
	"sha512": sha512.New, "sha-512": sha512.New, "sha2-512": sha512.New,
	"sha512-224": sha512.New512_224, "sha-512/224": sha512.New512_224, "sha2-512/224": sha512.New512_224,
	"sha512-256": sha512.New512_256, "sha-512/256": sha512.New512_256, "sha2-512/256": sha512.New512_256,
	"sha3-224": func() hash.Hash { return sha3.New224() },
	"sha3-256": func() hash.Hash { return sha3.New256() },
	"sha3-384": func() hash.Hash { return sha3.New384() },
	"sha3-512": func() hash.Hash { return sha3.New512() },
}

func prepareDigest(_ *Compiler, a []Argument) error {
	name := strings.ToLower(a[0].Text)
	h, ok := digests[name]
	if !ok {
		return errors.New("algorithm must be a valid OpenSSL message digest name")
	}
	a[0].Extra = h
	return nil
}

func prepareSHA2(_ *Compiler, a []Argument) error {
	bits := map[int64]func() hash.Hash{0: sha256.New, 224: sha256.New224, 256: sha256.New, 384: sha512.New384, 512: sha512.New}
	h, ok := bits[a[0].Int]
	if !ok {
		return fmt.Errorf("Unsupported number of bits: '%d'", a[0].Int)
	}
	a[0].Extra = h
	return nil
}

func digest(c *Context, a []Argument, v value.Value) value.Value {
	h := a[0].Extra.(func() hash.Hash)()
	h.Write(v.Data)
	return c.bytes(h.Sum(c.Scratch.Buffer()))
}

func convertSHA1(c *Context, _ []Argument, v value.Value) value.Value {
	sum := sha1.Sum(v.Data)
	return c.bytes(append(c.Scratch.Buffer(), sum[:]...))
}

// prepareHMAC reads the key, which is base64 text or a variable that holds such text when the expression is evaluated.
func prepareHMAC(k *Compiler, a []Argument) error {
	if err := prepareDigest(k, a[:1]); err != nil {
		return err
	}
	if err := a[1].prepareSecret(); err != nil {
		return fmt.Errorf("failed to parse key : %w", err)
	}
	return nil
}

func authenticate(c *Context, a []Argument, v value.Value) value.Value {
	key, ok := a[1].secret(c)
	if !ok {
		return value.Value{}
	}
	h := hmac.New(a[0].Extra.(func() hash.Hash), key)
	h.Write(v.Data)
	return c.bytes(h.Sum(c.Scratch.Buffer()))
}
