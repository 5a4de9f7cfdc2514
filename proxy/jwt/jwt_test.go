package jwt

import (
	"bytes"
	"testing"
)

// The token of RFC 7515, appendix A.1. All algorithms are compared with HAProxy's outcomes in proxy/sample.
var (
	example = []byte("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
	key, _  = AppendDecoded(nil, []byte("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
)

func TestVerify(t *testing.T) {
	unsigned, _, _ := bytes.Cut(example, []byte(".dBj"))
	tests := []struct {
		name, algorithm string
		token           []byte
		want            Result
	}{
		{"valid", "HS256", example, Success},
		{"other algorithm", "HS512", example, Failure},
		{"no signature", "HS256", unsigned, InvalidToken},
		{"no signature wanted", "none", unsigned, Success},
		{"signature not wanted", "none", example, Failure},
		{"no key", "ES256", example, UnknownCertificate},
		{"no token", "HS256", []byte("x"), InvalidToken},
		{"four parts", "HS256", append([]byte("x."), example...), InvalidToken},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, err := ParseAlgorithm(test.algorithm)
			if err != nil {
				t.Fatal(err)
			}
			if got := Verify(test.token, a, key, nil); got != test.want {
				t.Errorf("Verify = %d, want %d", got, test.want)
			}
		})
	}
}

func TestParseAlgorithm_Errors(t *testing.T) {
	tests := []struct {
		name, algorithm, want string
		result                Result
	}{
		{"unknown", "HS128", "unknown JWT algorithm: HS128", UnknownAlgorithm},
		{"lower case", "hs256", "unknown JWT algorithm: hs256", UnknownAlgorithm},
		{"PSS", "PS256", "RSASSA-PSS JWS signing not managed yet", UnmanagedAlgorithm},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ParseAlgorithm(test.algorithm)
			if err == nil || err.Error() != test.want || ResultOf(err) != test.result {
				t.Errorf("error %v", err)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(example)
	f.Add([]byte("..="))
	f.Fuzz(func(t *testing.T, token []byte) {
		for _, name := range []string{"none", "HS256", "RS384", "ES512"} {
			a, err := ParseAlgorithm(name)
			if err != nil {
				t.Fatal(err)
			}
			if Verify(token, a, key, nil) == Success && name != "none" && !bytes.Equal(token, example) {
				t.Errorf("%q is authentic", token)
			}
		}
	})
}
