package sample

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"

	"tidelock/proxy/value"
)

var cipherConverters = []Converter{
	{Name: "aes_gcm_dec", Parameters: required(Integer, String, String, String), Input: value.Binary, Output: value.Binary, Prepare: prepareDecrypt, Convert: decrypt},
}

func prepareDecrypt(_ *Compiler, a []Argument) error {
	if bits := a[0].Int; bits != 128 && bits != 192 && bits != 256 {
		return errors.New("key size must be 128, 192 or 256 (bits)")
	}
	for i, name := range []string{"nonce", "key", "aead_tag"} {
		if err := a[1+i].prepareSecret(); err != nil {
			return fmt.Errorf("failed to parse %s : %w", name, err)
		}
	}
	return nil
}

// prepareSecret reads what is base64 text, or a variable that holds such text when the expression is evaluated.
func (a *Argument) prepareSecret() (err error) {
	if a.Variable, err = Intern(a.Text); err == nil {
		return nil
	}
	if a.Data, err = decodeKey([]byte(a.Text)); err != nil {
		return errors.New("argument needs to be base64 encoded, and can either be a string or a variable")
	}
	return nil
}

// secret returns what prepareSecret has read.
func (a *Argument) secret(c *Context) ([]byte, bool) {
	if a.Variable.ID == 0 {
		return a.Data, true
	}
	text := a.Variable.Get(c.Stream).Cast(value.String, &c.Scratch)
	b, err := decodeKey(text.Data)
	return b, err == nil && text.Valid()
}

// tagSize is that of a whole authentication tag. HAProxy takes shorter ones: who may choose the tag can then forge a
// message by trying a few.
const tagSize = 16

// decrypt yields none for a message that is not authentic.
func decrypt(c *Context, a []Argument, v value.Value) value.Value {
	nonce, ok1 := a[1].secret(c)
	key, ok2 := a[2].secret(c)
	tag, ok3 := a[3].secret(c)
	size := int(a[0].Int / 8)
	if !ok1 || !ok2 || !ok3 || len(nonce) == 0 || len(key) < size || len(tag) != tagSize {
		return value.Value{}
	}
	block, err := aes.NewCipher(key[:size])
	if err != nil {
		return value.Value{}
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, len(nonce))
	if err != nil {
		return value.Value{}
	}
	sealed := append(append(c.Scratch.Buffer(), v.Data...), tag...)
	b, err := gcm.Open(sealed[:0], nonce, sealed, nil)
	if err != nil {
		return value.Value{}
	}
	return c.bytes(b)
}
