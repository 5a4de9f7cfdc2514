package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// compatible is the version of HAProxy whose configurations and scripts run here. It is what .if version_atleast()
// and $HAPROXY_STARTUP_VERSION see.
const compatible = "2.6.12"

// ownVersion returns the version of this program: of the module when it was built as one, else of the commit.
func ownVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 12 {
			return setting.Value[:12]
		}
	}
	return "devel"
}

// haproxyVersion is the version as programs that expect HAProxy read it.
func haproxyVersion() string { return compatible + "-tidelock-" + ownVersion() }

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) {
			fmt.Fprintf(cmd.OutOrStdout(), "tidelock %s (HAProxy %s), %s %s/%s\n",
				ownVersion(), compatible, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		},
	}
}
