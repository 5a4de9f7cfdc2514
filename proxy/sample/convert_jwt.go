package sample

import (
	"crypto"

	"tidelock/proxy/jsonpath"
	"tidelock/proxy/jwt"
	"tidelock/proxy/value"
)

// jwtConverters read and verify JSON Web Tokens.
var jwtConverters = []Converter{
	{Name: "jwt_header_query", Parameters: optional(String, String), Input: value.Binary, Output: value.Any, Prepare: prepareJWTQuery, Convert: queryJWT(func(t jwt.Token) []byte { return t.Header })},
	{Name: "jwt_payload_query", Parameters: optional(String, String), Input: value.Binary, Output: value.Any, Prepare: prepareJWTQuery, Convert: queryJWT(func(t jwt.Token) []byte { return t.Payload })},
	{Name: "jwt_verify", Parameters: required(String, String), Input: value.Binary, Output: value.Integer, Prepare: prepareJWTVerify, Convert: verifyJWT},
}

// prepareJWTQuery leaves the first argument without a path when none is given.
func prepareJWTQuery(k *Compiler, a []Argument) error {
	if err := prepareJSONPath(k, a); err != nil {
		return err
	}
	if a[0].Text == "" {
		a[0].Extra = jsonpath.Path(nil)
	}
	return nil
}

// queryJWT makes a converter that looks into a part of a token, or yields the part when it has no path.
func queryJWT(part func(jwt.Token) []byte) conversion {
	return func(c *Context, a []Argument, v value.Value) value.Value {
		token, ok := jwt.Parse(v.Data)
		if !ok {
			return value.Value{}
		}
		b, ok := jwt.AppendDecoded(c.Scratch.Buffer(), part(token))
		if !ok {
			return value.Value{}
		}
		if a[0].Text == "" {
			return c.text(b)
		}
		return queryJSON(c, a, c.text(b))
	}
}

// prepareJWTVerify reads the key that the second argument names, if there is such a file. What names no file and is not
// the secret of an algorithm with one makes the verification fail.
func prepareJWTVerify(k *Compiler, a []Argument) (err error) {
	if a[0].Variable, err = Intern(a[0].Text); err != nil {
		algorithm, err := jwt.ParseAlgorithm(a[0].Text)
		if err != nil {
			return err
		}
		a[0].Extra = algorithm
	}
	if a[1].Variable, err = Intern(a[1].Text); err == nil {
		return nil
	}
	a[1].Data = []byte(a[1].Text)
	if a[0].Variable.ID == 0 && !a[0].Extra.(jwt.Algorithm).NeedsPublicKey() {
		return nil
	}
	if text, err := k.ReadFile(a[1].Text); err == nil {
		if key, err := jwt.ParsePublicKey(text); err == nil {
			a[1].Extra = key
		}
	}
	return nil
}

func verifyJWT(c *Context, a []Argument, v value.Value) value.Value {
	algorithm, ok := a[0].Extra.(jwt.Algorithm)
	if !ok {
		name := a[0].Variable.Get(c.Stream).Cast(value.String, &c.Scratch)
		if !name.Valid() {
			return name
		}
		var err error
		if algorithm, err = jwt.ParseAlgorithm(string(name.Data)); err != nil {
			return value.Int(int64(jwt.ResultOf(err)))
		}
	}
	secret := a[1].Data
	if a[1].Variable.ID != 0 {
		text := a[1].Variable.Get(c.Stream).Cast(value.String, &c.Scratch)
		if !text.Valid() {
			return text
		}
		secret = text.Data
	}
	key, _ := a[1].Extra.(crypto.PublicKey)
	return value.Int(int64(jwt.Verify(v.Data, algorithm, secret, key)))
}
