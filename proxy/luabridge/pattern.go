package luabridge

import (
	"sync"

	"tidelock/proxy/regex"
)

// patterns are the regular expressions that scripts use, most of them again and again.
var patterns patternCache

// patternCache holds a bounded number of compiled expressions.
type patternCache struct {
	mu       sync.RWMutex
	compiled map[expression]*regex.Regexp // guarded by mu
}

// expression is what was compiled; fold ignores the case of letters.
type expression struct {
	text string
	fold bool
}

const maxPatterns = 256

func (p *patternCache) compile(pattern []byte) (*regex.Regexp, error) {
	return p.compileFolding(pattern, false)
}

func (p *patternCache) compileFolding(pattern []byte, fold bool) (*regex.Regexp, error) {
	p.mu.RLock()
	re := p.compiled[expression{string(pattern), fold}]
	p.mu.RUnlock()
	if re != nil {
		return re, nil
	}
	re, err := regex.Compile(string(pattern), fold)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.compiled == nil || len(p.compiled) == maxPatterns {
		p.compiled = make(map[expression]*regex.Regexp)
	}
	p.compiled[expression{string(pattern), fold}] = re
	return re, nil
}
