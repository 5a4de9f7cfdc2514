package main

import (
	"cmp"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"tidelock/sdk/bundle/signature"
	"tidelock/sdk/bundle/trust"
)

func bundleSignCommand() *cobra.Command {
	var flags bundleFlags
	var keyFile, passwordFile string
	cmd := &cobra.Command{
		Use:   "sign REFERENCE --key FILE",
		Short: "Sign a bundle where it is, so that cosign verifies it",
		Long: "Sign a bundle with a private key. The signature is kept beside it and moves with it. Signatures that it has stay.\n" +
			"The key's password is that in --password-file or the variable " + keyPasswordVariable + ".",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			key, err := readPrivateKey(keyFile, passwordFile)
			if err != nil {
				return err
			}
			a, r, err := flags.load(cmd, args[0])
			if err != nil {
				return err
			}
			if _, err := a.Unpack(); err != nil {
				return err // a signature on what nobody can open would say that somebody looked at it
			}
			if err := signature.Sign(a, key); err != nil {
				return err
			}
			if err := flags.store(cmd, a, r); err != nil {
				return err
			}
			public, err := key.Public()
			if err != nil {
				return err
			}
			return flags.print(cmd, map[string]string{"digest": a.Digest(), "key": public.ID()},
				fmt.Sprintf("%s\nsigned by the key %s", a.Digest(), public.ID()))
		},
	}
	flags.addOutput(cmd)
	flags.addTransfer(cmd)
	cmd.Flags().StringVar(&keyFile, "key", "", "file of the private key")
	cmd.Flags().StringVar(&passwordFile, "password-file", "", "file with the key's password")
	cmd.MarkFlagRequired("key")
	return cmd
}

func readPrivateKey(file, passwordFile string) (*signature.PrivateKey, error) {
	document, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	password, err := keyPassword(passwordFile)
	if err != nil {
		return nil, err
	}
	key, err := signature.ParsePrivateKey(document, password)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

func readPublicKey(file string) (*signature.PublicKey, error) {
	document, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	key, err := signature.ParsePublicKey(document)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

func bundleVerifyCommand() *cobra.Command {
	var flags bundleFlags
	var keyFiles, names []string
	cmd := &cobra.Command{
		Use:   "verify REFERENCE --key FILE...",
		Short: "Verify that a bundle is intact and signed by one of some keys",
		Long: "Verify a bundle: every byte of it, its signature by one of the public keys, and, where the reference has one, its\n" +
			"digest. The exit status is 0 when all of that holds, 1 when it does not, 2 when the bundle cannot be read.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			policy := trust.Policy{}
			for _, file := range keyFiles {
				public, err := readPublicKey(file)
				if err != nil {
					return trouble(cmd, err)
				}
				policy.Keys = append(policy.Keys, trust.Key{Label: file, Public: public, Names: names})
			}
			r, err := bundleReference(args[0])
			if err != nil {
				return trouble(cmd, err)
			}
			a, err := r.Load(cmd.Context(), flags.registry(cmd.ErrOrStderr()))
			if err != nil {
				return trouble(cmd, err)
			}
			opened, err := policy.Check(a, r.Digest)
			if err != nil {
				return fmt.Errorf("%s: %w", cmp.Or(r.Path, r.Registry), err)
			}
			m := opened.Manifest
			return flags.print(cmd, map[string]string{
				"digest": opened.Digest, "key": opened.SignedBy, "name": m.Name, "version": m.Version.String(),
			}, fmt.Sprintf("%s %s\n%s\nsigned by %s", m.Name, m.Version, opened.Digest, opened.SignedBy))
		},
	}
	flags.addOutput(cmd)
	flags.addTransfer(cmd)
	cmd.Flags().StringArrayVar(&keyFiles, "key", nil, "file of a public key; may be repeated")
	cmd.Flags().StringArrayVar(&names, "name", nil, "names that the keys may sign, such as acme/*; may be repeated (default all)")
	cmd.MarkFlagRequired("key")
	return cmd
}
