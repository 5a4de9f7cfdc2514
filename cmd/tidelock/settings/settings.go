// Package settings reads what concerns the process and not its traffic: flags come before the environment, which comes
// before a file, which comes before the configuration's global section, which comes before the defaults.
//
// The type [Settings] is the only list of settings. Flags, variables, the keys of files, the JSON Schema and
// docs/settings.md are made of its fields and their tags.
package settings

import (
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"tidelock/host"
	"tidelock/proxy/config"
)

// Settings are the effective values. The tags of a field are
//
//	setting  the name: the key in files, --name, and TIDELOCK_NAME
//	doc      what it means, with the unit of numbers; what it is when it is empty
//	values   the words that it may have, separated by "|"
//	global   the keyword of the configuration's global section that says the same
//	live     when not empty, a reload applies it to the running process
//	positive when not empty, it cannot be 0
//
// The types of fields are those that parsers knows.
type Settings struct {
	Process   Process   `group:"The process"`
	Sandbox   Sandbox   `group:"Scripts"`
	Ceilings  Ceilings  `group:"Ceilings"`
	Bundles   Bundles   `group:"Bundles"`
	Admin     Admin     `group:"Administration"`
	Telemetry Telemetry `group:"Telemetry"`

	origins map[string]Origin // by name; of what has none of its own the default
}

// Process is about the process as a whole.
type Process struct {
	CacheFolder string        `setting:"cache-folder" doc:"folder for compiled interpreters, so that the next start takes milliseconds; empty to keep none"`
	Grace       time.Duration `setting:"grace" live:"yes" doc:"time for exchanges in flight when the process is told to stop"`
	Memory      Size          `setting:"memory" live:"yes" doc:"memory that the process tries to stay below, as -m of HAProxy; 0 for no such limit"`
	LogFormat   string        `setting:"log-format" values:"text|json" doc:"format of the process's own log"`
	LogLevel    slog.Level    `setting:"log-level" live:"yes" doc:"least severe level of the process's own log: debug, info, warn or error"`
	StateFolder string        `setting:"state-folder" doc:"folder for what is remembered from one start to the next: versions of bundles"`
}

// Sandbox is what scripts may use. Those with a keyword of the global section come before it.
type Sandbox struct {
	Isolation       string        `setting:"isolation" global:"tune.lua.isolation" values:"auto|registration|transaction|script" doc:"which functions of scripts share memory"`
	ForcedYield     int           `setting:"lua-forced-yield" positive:"yes" global:"tune.lua.forced-yield" doc:"instructions of a script between two chances for others to run"`
	MaxMemory       Size          `setting:"lua-maxmem" global:"tune.lua.maxmem" doc:"memory of all scripts together; 0 for no limit"`
	InstanceMemory  Size          `setting:"lua-instance-memory" positive:"yes" global:"tune.lua.instance-memory" doc:"memory of one instance"`
	SessionTimeout  time.Duration `setting:"lua-session-timeout" global:"tune.lua.session-timeout" doc:"processor time of a fetch, converter, action or filter; 0 for no limit"`
	ServiceTimeout  time.Duration `setting:"lua-service-timeout" global:"tune.lua.service-timeout" doc:"processor time of a service; 0 for no limit"`
	TaskTimeout     time.Duration `setting:"lua-task-timeout" global:"tune.lua.task-timeout" doc:"processor time of a task; 0 for no limit"`
	LoadTimeout     time.Duration `setting:"lua-load-timeout" global:"tune.lua.load-timeout" doc:"processor time of a script's main chunk and of each init function"`
	BurstTimeout    time.Duration `setting:"lua-burst-timeout" doc:"processor time of any function between two waits; 0 for no limit"`
	ScriptFolders   []string      `setting:"script-folders" doc:"folders below which scripts can use files, / for what the process itself may do; empty for those of the scripts"`
	AllowExecute    bool          `setting:"allow-execute" doc:"let scripts run commands (os.execute, io.popen)"`
	ScriptOpenFiles int           `setting:"script-open-files" positive:"yes" doc:"files and commands that one execution may have open at a time"`
	ScriptSockets   int           `setting:"script-sockets" positive:"yes" doc:"sockets that one execution may have open at a time"`
	ScriptRead      Size          `setting:"script-read" positive:"yes" doc:"bytes that a script may read from a file or socket at a time, at most 64m"`
	SecretsFolder   string        `setting:"secrets-folder" doc:"folder whose files are the secrets that scripts read by core.secret, each by its name; empty for none"`
	SharedState     string        `setting:"shared-state" values:"memory" doc:"what keeps core.shared: memory of this process"`
}

// Ceilings bound what configurations may ask for, for operators who do not write them. What asks for more is an error;
// what asks for no limit gets the ceiling.
type Ceilings struct {
	MaxMemory      Size          `setting:"ceiling-lua-maxmem" doc:"most that lua-maxmem or tune.lua.maxmem may be; 0 for no ceiling"`
	InstanceMemory Size          `setting:"ceiling-lua-instance-memory" doc:"most that lua-instance-memory or tune.lua.instance-memory may be; 0 for no ceiling"`
	SessionTimeout time.Duration `setting:"ceiling-lua-session-timeout" doc:"most that lua-session-timeout or tune.lua.session-timeout may be; 0 for no ceiling"`
	ServiceTimeout time.Duration `setting:"ceiling-lua-service-timeout" doc:"most that lua-service-timeout or tune.lua.service-timeout may be; 0 for no ceiling"`
}

// Admin is the address where operators look at the process.
type Admin struct {
	Address string `setting:"admin-address" doc:"where health, metrics and executions can be asked for over HTTP: a path for a Unix socket, or host:port; empty for nowhere"`
	Token   Secret `setting:"admin-token" live:"yes" doc:"what requests to the admin address must bring as a bearer token; needed where it is not a Unix socket or on the loopback interface"`
	History int    `setting:"admin-history" positive:"yes" doc:"executions that are kept for each viewer which does not keep up, before some are dropped"`
}

// Defaults returns what holds where nobody says otherwise.
func Defaults() Settings {
	scripts := config.DefaultScripts()
	s := Settings{
		Process: Process{CacheFolder: defaultCacheFolder(), StateFolder: defaultStateFolder(), Grace: 30 * time.Second, LogFormat: "text"},
		Sandbox: Sandbox{
			InstanceMemory: host.DefaultInstanceMemory, ScriptOpenFiles: host.DefaultOpenFiles, ScriptSockets: host.DefaultSockets,
			ScriptRead: host.DefaultRead, SharedState: "memory",
		},
		Bundles:   defaultBundles(),
		Admin:     Admin{History: 1024},
		Telemetry: Telemetry{Protocol: "http/protobuf", SlowExecution: time.Second, Timeout: 5 * time.Second},
		origins:   make(map[string]Origin),
	}
	s.Reconcile(&scripts, nil)
	return s
}

// defaultStateFolder is where the XDG specification has the state of a user's programs.
func defaultStateFolder() string {
	if folder := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "tidelock")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join("/var/lib", "tidelock")
	}
	return filepath.Join(home, ".local", "state", "tidelock")
}

func defaultCacheFolder() string {
	folder, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(folder, "tidelock")
}
