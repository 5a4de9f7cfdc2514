package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"tidelock/sdk/bundle/signature"
)

func keyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "Make keys that sign bundles"}
	cmd.AddCommand(keyGenerateCommand())
	return cmd
}

func keyGenerateCommand() *cobra.Command {
	var flags bundleFlags
	var output, passwordFile string
	var clear bool
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Make a key pair, as cosign does: ECDSA on P-256",
		Long: "Make a key pair that tidelock and cosign sign and verify with. The private key is encrypted with the password in\n" +
			"--password-file or the variable " + keyPasswordVariable + ". Existing files are not overwritten.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			password, err := keyPassword(passwordFile)
			switch {
			case err != nil:
				return err
			case clear:
				password = nil
			case password == nil:
				return fmt.Errorf("the key needs a password: expected %s, --password-file or --no-password", keyPasswordVariable)
			}
			id, err := generateKey(output, password)
			if err != nil {
				return err
			}
			return flags.print(cmd, map[string]string{"private": output + ".key", "public": output + ".pub", "id": id},
				fmt.Sprintf("private key %s.key\npublic key  %s.pub\nid          %s", output, output, id))
		},
	}
	flags.addOutput(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "tidelock", "path of the two files, without .key and .pub")
	cmd.Flags().StringVar(&passwordFile, "password-file", "", "file with the password")
	cmd.Flags().BoolVar(&clear, "no-password", false, "leave the private key in the clear")
	return cmd
}

// generateKey writes PATH.key, which only its owner can read, and PATH.pub, and returns the key's fingerprint.
func generateKey(path string, password []byte) (string, error) {
	private, public, err := signature.GenerateKey(password)
	if err != nil {
		return "", err
	}
	key, err := signature.ParsePublicKey(public)
	if err != nil {
		return "", err
	}
	if err := writeNew(path+".key", private, 0o600); err != nil {
		return "", err
	}
	if err := writeNew(path+".pub", public, 0o644); err != nil {
		return "", errors.Join(err, os.Remove(path+".key"))
	}
	return key.ID(), nil
}

// writeNew writes a file that is not there yet.
func writeNew(path string, content []byte, mode os.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Close())
}
