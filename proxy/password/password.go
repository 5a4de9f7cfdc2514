// Package password checks passwords against what crypt(3) made of them, as userlist sections hold them. The schemes are
// those that Debian's crypt knows and that are still in use: MD5 ($1$), SHA-256 ($5$), SHA-512 ($6$), bcrypt ($2a$, $2b$,
// $2y$) and yescrypt ($y$). DES is not among them: it is broken, and reads only eight letters of a password.
package password

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"fmt"
	"hash"
	"runtime"
	"strconv"
	"strings"

	"github.com/go-crypt/x/bcrypt"
	"github.com/go-crypt/x/crypt"
	"github.com/go-crypt/x/yescrypt"
)

// longest is the longest password that crypt(3) takes, in bytes. The work grows with the length, and clients choose it.
const longest = 511

// slots bounds how many checks run at a time. More than there are processors would not be faster, only take more memory:
// yescrypt uses 16 MiB for each.
var slots = make(chan struct{}, runtime.GOMAXPROCS(0))

// scheme returns the whole of what crypt(3) makes of a password, given what it once made.
type scheme func(clear []byte, encrypted string) (string, error)

// schemes by the prefix that crypt(3) knows them by.
var schemes = map[string]scheme{
	"1": md5Crypt,
	"5": shaCrypt(sha256.New), "6": shaCrypt(sha512.New),
	"2a": bcryptHash, "2b": bcryptHash, "2y": bcryptHash,
	"y": yescryptHash,
}

// Check returns nil if encrypted is something that Matches can compare with. Everything else would match no password.
func Check(encrypted string) error {
	_, err := find(encrypted)
	return err
}

// Matches reports whether clear is the password that encrypted was made of. It takes milliseconds, by the design of the
// schemes, and the same time wherever the difference is.
func Matches(encrypted, clear string) bool {
	hash, err := find(encrypted)
	if err != nil || len(clear) > longest {
		return false
	}
	slots <- struct{}{}
	defer func() { <-slots }()
	made, err := hash([]byte(clear), encrypted)
	return err == nil && subtle.ConstantTimeCompare([]byte(made), []byte(encrypted)) == 1
}

func find(encrypted string) (scheme, error) {
	rest, marked := strings.CutPrefix(encrypted, "$")
	name, _, complete := strings.Cut(rest, "$")
	hash, known := schemes[name]
	if !marked || !complete || !known {
		return nil, fmt.Errorf("password '%s' is of no known scheme", encrypted)
	}
	return hash, nil
}

// md5Crypt reads $1$<salt>$<key>.
func md5Crypt(clear []byte, encrypted string) (string, error) {
	salt, _, _ := strings.Cut(encrypted[len("$1$"):], "$")
	salt = salt[:min(len(salt), 8)]
	return "$1$" + salt + "$" + string(crypt.KeyMD5Crypt(clear, []byte(salt))), nil
}

// shaCrypt reads $5$[rounds=<number>$]<salt>$<key>.
func shaCrypt(digest func() hash.Hash) scheme {
	return func(clear []byte, encrypted string) (string, error) {
		prefix, rest, rounds := encrypted[:3], encrypted[3:], 5000
		if number, found := strings.CutPrefix(rest, "rounds="); found {
			number, rest, _ = strings.Cut(number, "$")
			n, err := strconv.Atoi(number)
			if err != nil {
				return "", err
			}
			rounds = min(max(n, 1000), 999_999_999)
			prefix += "rounds=" + strconv.Itoa(rounds) + "$"
		}
		salt, _, _ := strings.Cut(rest, "$")
		salt = salt[:min(len(salt), 16)]
		return prefix + salt + "$" + string(crypt.KeySHACrypt(digest, clear, []byte(salt), rounds)), nil
	}
}

// bcryptHash reads $2<letter>$<cost>$<salt><key>. The library writes nothing to compare with, but compares itself.
func bcryptHash(clear []byte, encrypted string) (string, error) {
	return encrypted, bcrypt.CompareHashAndPassword([]byte(encrypted), clear)
}

// yescryptHash reads $y$<parameters>$<salt>$<key>.
func yescryptHash(clear []byte, encrypted string) (string, error) {
	made, err := yescrypt.Hash(clear, []byte(encrypted))
	return string(made), err
}
