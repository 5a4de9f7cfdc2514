// Package bundle is the format in which scripts are shipped: an OCI artifact that holds a manifest, scripts, native modules
// and data files.
//
//	folder ──Build──► Artifact ──WriteLayout──► OCI layout (a folder or a tar file), or a registry
//	                  Artifact ◄──ReadLayout─── (packages registry, signature and trust stand on Artifact)
//	                     └──Unpack──► Bundle: the manifest and the files, checked
//
// The same folder gives the same digest on any machine: paths are sorted, times and owners are left out, and nothing is
// compressed. Everything that is read is hostile until it is checked: sizes, depths, paths and digests have bounds (limits.go), and texts stand in
// messages quoted, so that none of them writes to a terminal.
package bundle
