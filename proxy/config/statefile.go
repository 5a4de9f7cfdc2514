package config

import "tidelock/proxy/config/syntax"

// stateFileKeywords say where servers' states were saved.
var stateFileKeywords = []keyword{
	{"server-state-base", inGlobal, text(func(g *Global) *string { return &g.StateBase }, "'server-state-base' expects one argument: a directory path."), Supported},
	{"server-state-file", inGlobal, text(func(g *Global) *string { return &g.StateFile }, "'server-state-file' expect one argument: a file path."), Supported},
}

// load-server-state-from-file global|local|none
func parseLoadServerState(p *parser, s syntax.Statement) {
	switch value := s.Argument(0); value {
	case "global", "local", "none":
		p.proxy.LoadState = value
	default:
		p.failf(s, "'load-server-state-from-file' expects 'global', 'local' or 'none'. Got '%s'", value)
	}
}

// server-state-file-name [<file>|use-backend-name]
func parseServerStateFileName(p *parser, s syntax.Statement) {
	if p.tooMany(s, 1) {
		return
	}
	if p.proxy.StateFile = s.Argument(0); p.proxy.StateFile == "use-backend-name" {
		p.proxy.StateFile = ""
	}
}
