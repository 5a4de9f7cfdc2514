package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

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

// features are what feature() finds and -vv lists, by the names of HAProxy's build options.
var features = []string{
	"ACCEPT4", "CRYPT_H", "EPOLL", "GETADDRINFO", "LIBCRYPT", "LINUX_TPROXY", "LUA", "OPENSSL", "POLL", "SYSTEMD", "TFO", "THREAD", "TPROXY",
}

// missingFeatures are those that it has and this program has not.
var missingFeatures = []string{
	"51DEGREES", "BACKTRACE", "CLOSEFROM", "CPU_AFFINITY", "DEVICEATLAS", "DL", "ENGINE", "EVPORTS", "KQUEUE", "LINUX_SPLICE",
	"MEMORY_PROFILING", "NETFILTER", "NS", "OBSOLETE_LINKER", "OT", "PCRE", "PCRE2", "PCRE2_JIT", "PCRE_JIT", "PRCTL", "PROCCTL",
	"PROMEX", "QUIC", "RT", "SLZ", "STATIC_PCRE", "STATIC_PCRE2", "THREAD_DUMP", "WURFL", "ZLIB",
}

// sslLibrary is what ssllib_name_startswith() sees.
const sslLibrary = "Go crypto/tls"

// printVersion is -v.
func printVersion(w io.Writer) {
	fmt.Fprintf(w, "HAProxy version %s - Tidelock, which runs HAProxy configurations\n", haproxyVersion())
	fmt.Fprintf(w, "Status: compatible with HAProxy %s\nRunning on: %s %s\n", compatible, runtime.GOOS, runtime.GOARCH)
}

// printFeatures is what -vv adds, in the form that scripts look for features in.
func printFeatures(w io.Writer) {
	var list []string
	for _, name := range features {
		list = append(list, "+"+name)
	}
	for _, name := range missingFeatures {
		list = append(list, "-"+name)
	}
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(a[1:], b[1:]) })
	fmt.Fprintf(w, "Build options :\n  TARGET  = %s-%s\n  CC      = %s\n\nFeature list : %s\n\n",
		runtime.GOOS, runtime.GOARCH, runtime.Version(), strings.Join(list, " "))
	fmt.Fprintf(w, "Built with multi-threading support (default=%d).\n", runtime.GOMAXPROCS(0))
	fmt.Fprintf(w, "Built with Lua version : Lua 5.4, compiled to WebAssembly\n")
	fmt.Fprintf(w, "Encrypted password support via crypt(3): yes\n")
}
