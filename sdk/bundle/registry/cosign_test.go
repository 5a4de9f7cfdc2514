//go:build interop

package registry

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tidelock/sdk/bundle/signature"
)

// TestCosign has cosign and us verify each other's signatures, with each other's keys, in registries of each kind.
func TestCosign(t *testing.T) {
	tool := os.Getenv("COSIGN") // which make interop-cosign has built
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			reference := start(t, server.start(t)) + "/acme/auth:1"
			folder := t.TempDir()
			cosign := func(arguments ...string) (string, error) {
				cmd := exec.CommandContext(t.Context(), tool, arguments...)
				cmd.Dir = folder
				cmd.Env = append(os.Environ(), "COSIGN_PASSWORD=secret", "HOME="+folder)
				output, err := cmd.CombinedOutput()
				return string(output), err
			}
			if output, err := cosign("generate-key-pair"); err != nil {
				t.Fatal(err, output)
			}
			theirs, theirPublic := readKeys(t, filepath.Join(folder, "cosign"))
			private, public, err := signature.GenerateKey([]byte("secret"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(folder, "ours.key"), private)
			write(t, filepath.Join(folder, "ours.pub"), public)
			ours, ourPublic := readKeys(t, filepath.Join(folder, "ours"))

			o := Options{PlainHTTP: true}
			a := build(t)
			if err := signature.Sign(a, ours); err != nil {
				t.Fatal(err)
			}
			if err := Push(t.Context(), a, reference, o); err != nil {
				t.Fatal(err)
			}
			pinned := reference + "@" + a.Digest()
			if output, err := cosign("verify", "--key", "ours.pub", "--insecure-ignore-tlog=true", "--allow-http-registry", pinned); err != nil {
				t.Errorf("cosign does not verify what we signed: %v\n%s", err, output)
			}
			if output, err := cosign("verify", "--key", "cosign.pub", "--insecure-ignore-tlog=true", "--allow-http-registry", pinned); err == nil {
				t.Errorf("cosign verifies with another key:\n%s", output)
			}
			if output, err := cosign("sign", "--key", "ours.key", "--use-signing-config=false", "--tlog-upload=false", "--allow-http-registry", "-y", pinned); err != nil {
				t.Errorf("cosign does not sign with our key: %v\n%s", err, output)
			}

			b := build(t) // the same bundle, not signed by us
			other := start(t, server.start(t)) + "/acme/auth:1"
			if err := Push(t.Context(), b, other, o); err != nil {
				t.Fatal(err)
			}
			if output, err := cosign("sign", "--key", "cosign.key", "--use-signing-config=false", "--tlog-upload=false", "--allow-http-registry", "-y", other+"@"+b.Digest()); err != nil {
				t.Fatalf("cosign does not sign: %v\n%s", err, output)
			}
			pulled, err := Pull(t.Context(), other, o)
			if err != nil {
				t.Fatal(err)
			}
			if err := signature.Verify(pulled, theirPublic); err != nil {
				t.Errorf("we do not verify what cosign signed: %v", err)
			}
			if err := signature.Verify(pulled, ourPublic); err == nil {
				t.Error("we verify with another key")
			}
			if err := signature.Sign(pulled, theirs); err != nil {
				t.Errorf("we do not sign with cosign's key: %v", err)
			}
		})
	}
}

// readKeys reads a key pair whose password is "secret".
func readKeys(t *testing.T, name string) (*signature.PrivateKey, *signature.PublicKey) {
	t.Helper()
	document, err := os.ReadFile(name + ".key")
	if err != nil {
		t.Fatal(err)
	}
	private, err := signature.ParsePrivateKey(document, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if document, err = os.ReadFile(name + ".pub"); err != nil {
		t.Fatal(err)
	}
	public, err := signature.ParsePublicKey(document)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
