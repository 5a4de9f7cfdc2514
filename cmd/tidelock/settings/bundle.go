package settings

import "time"

// Bundles says which bundles run, and what they may do. What the entries of lists mean is read by package bundles.
type Bundles struct {
	Keys             []string      `setting:"bundle-keys" doc:"public keys that bundles may be signed with: FILE, then names=PATTERN for the names that it may sign (such as acme/*, may be repeated), until=2030-01-31 for its last day"`
	AllowUnsigned    bool          `setting:"bundle-allow-unsigned" doc:"run bundles that nobody has signed"`
	AllowOlder       bool          `setting:"bundle-allow-older" doc:"run a version of a bundle that is older than one that has run"`
	Pins             []string      `setting:"bundle-pins" doc:"digests that bundles must have, by their names: acme/auth=sha256:DIGEST"`
	Grants           []string      `setting:"bundle-grants" doc:"what bundles may reach of what their manifests ask for: a pattern of names, then CAPABILITY=VALUE, CAPABILITY=* or *"`
	PlainHTTP        bool          `setting:"bundle-plain-http" doc:"reach registries without TLS"`
	Poll             time.Duration `setting:"bundle-poll" doc:"time between two looks whether the tag of a bundle has moved; 0 for never"`
	ReturnErrors     Ratio         `setting:"bundle-return-errors" doc:"share of failed executions at which a new version is taken back; 0 for never"`
	ReturnWindow     time.Duration `setting:"bundle-return-window" positive:"yes" doc:"time for which a new version is looked at"`
	ReturnExecutions int           `setting:"bundle-return-executions" positive:"yes" doc:"least executions that tell anything of a new version"`
	Memory           Size          `setting:"ceiling-bundle-memory" doc:"most memory of an instance that a manifest may ask for; 0 for no ceiling"`
	Fuel             int           `setting:"ceiling-bundle-fuel" doc:"most fuel of an execution that a manifest may ask for; 0 for no ceiling"`
	Executions       int           `setting:"ceiling-bundle-executions" doc:"most executions at a time that a manifest may ask for; 0 for no ceiling"`
}

func defaultBundles() Bundles {
	return Bundles{ReturnErrors: 0.5, ReturnWindow: 5 * time.Minute, ReturnExecutions: 20}
}
