//! A `PostgreSQL` of the tests' own: a cluster in a directory and on a port of its own, gone with the last test that has it.
//!
//! Where `PostgreSQL` is not installed whoever asks for it is told so and passes; `PAIDAN_POSTGRES=required` makes that a
//! failure.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak, mpsc};
use std::time::Duration;

/// Where Debian has its versions.
const INSTALLED: &str = "/usr/lib/postgresql";
/// The first version whose databases may speak a language that sorts otherwise than bytes, whatever the system speaks.
const OLDEST: u32 = 15;
/// What a small disk holds, the server's own files and its log among it.
const SMALL: &str = "96m";
/// How often it is asked whether it answers, with a pause between.
const TRIES: usize = 600;

static COUNT: AtomicUsize = AtomicUsize::new(0);
static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());

/// A running server.
pub struct Cluster {
    programs: PathBuf,
    directory: PathBuf,
    port: u16,
    /// Where it runs on a disk of its own that holds little, as nobody but it sees.
    disk: Option<PathBuf>,
    /// The process, while it runs.
    server: Mutex<Option<Server>>,
}

struct Server {
    id: u32,
    ended: mpsc::Receiver<()>,
}

/// A database of its own in a cluster.
pub struct Database {
    pub cluster: Arc<Cluster>,
    pub url: String,
}

impl Database {
    /// A new one in a cluster that other tests use as well; none where `PostgreSQL` is not installed.
    pub fn new() -> Option<Database> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let cluster = if let Some(cluster) = shared.upgrade() {
            cluster
        } else {
            let cluster = Arc::new(Cluster::start(false)?);
            *shared = Arc::downgrade(&cluster);
            cluster
        };
        Some(cluster.database())
    }

    /// A new one in a cluster that nobody else uses.
    pub fn alone() -> Option<Database> {
        Some(Arc::new(Cluster::start(false)?).database())
    }

    /// The same on a disk that can be filled; none as well where this system mounts nothing for us.
    pub fn on_a_small_disk() -> Option<Database> {
        if !(is_root() && mounts()) {
            println!("this system mounts nothing for us, so PostgreSQL's disk was not filled");
            return None;
        }
        Some(Arc::new(Cluster::start(true)?).database())
    }

    /// Copies all of it to another one that is new, with the programs that `PostgreSQL` has for that.
    pub fn copy_to(&self, other: &Database) {
        let file = std::env::temp_dir().join(format!(
            "paidan-dump-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        ));
        let run = |program: &str, database: &str, before: &[&str], behind: &[&PathBuf]| {
            let mut command = Command::new(self.cluster.programs.join(program));
            let told = command.args(before).arg(format!("--dbname={database}")).args(behind).output();
            let told = told.expect("it can be called");
            assert!(told.status.success(), "{program}: {}", String::from_utf8_lossy(&told.stderr));
        };
        let to = format!("--file={}", file.display());
        run("pg_dump", &self.url, &["--format=custom", &to], &[]);
        run("pg_restore", &other.url, &["--exit-on-error", "--single-transaction"], &[&file]);
        std::fs::remove_file(&file).expect("it is there");
    }

    /// Runs statements in it.
    pub fn run(&self, statements: &str) {
        self.cluster.psql(&self.url, statements);
    }
}

impl Cluster {
    fn start(is_small: bool) -> Option<Cluster> {
        let Some(programs) = programs() else {
            assert_ne!(std::env::var("PAIDAN_POSTGRES").as_deref(), Ok("required"), "no PostgreSQL");
            println!("PostgreSQL is not installed, so nothing was asked of it");
            return None;
        };
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let directory =
            std::env::temp_dir().join(format!("paidan-postgres-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&directory);
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port");
        let disk = is_small.then(|| directory.with_extension("disk"));
        let cluster = Cluster { programs, directory, port: port.port(), disk, server: Mutex::default() };
        let mut made = cluster.as_nobody("initdb");
        made.args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8"]);
        made.args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en", "--pgdata"]);
        let made = made.arg(&cluster.directory).output().expect("it can be called");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        cluster.go_on();
        Some(cluster)
    }

    /// A program of `PostgreSQL`, as a user who is not root: it refuses to run as that.
    fn as_nobody(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        // It ends with the thread that has begun it, however that ends.
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=QUIT"]);
        command.arg(program).current_dir("/");
        command
    }

    /// Starts the server, and waits until it answers. One on a small disk begins with nothing.
    pub fn go_on(&self) {
        let data = self.disk.as_ref().map_or_else(|| self.directory.clone(), |disk| disk.join("data"));
        let mut server = self.as_nobody("postgres");
        server.arg("-D").arg(data).args(["-p", &self.port.to_string(), "-k", ""]);
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=400"]);
        if let Some(disk) = &self.disk {
            server = on_disk(&server, &self.directory, disk);
        }
        server.stdout(Stdio::null()).stderr(Stdio::null());
        let (begun, has_begun) = mpsc::channel();
        let (end, ended) = mpsc::channel();
        std::thread::spawn(move || {
            let mut child = server.spawn().expect("it starts");
            begun.send(child.id()).expect("somebody waits");
            let _ = child.wait();
            let _ = end.send(());
        });
        let id = has_begun.recv().expect("it has started");
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(Server { id, ended });
        for _ in 0..TRIES {
            let mut asked = Command::new(self.programs.join("pg_isready"));
            asked.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);
            if asked.status().is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL never answers");
    }

    /// Stops the server, which throws out whoever is connected, and waits until it has ended.
    pub fn stop(&self) {
        self.signal("INT");
        if let Some(server) = self.server.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = server.ended.recv();
        }
    }

    /// Fills its small disk but for so many bytes.
    pub fn fill(&self, but: u64) {
        let mut filler = std::fs::File::create(self.filler()).expect("it can be made");
        let full = std::io::copy(&mut std::io::repeat(0), &mut filler);
        assert_eq!(full.map_err(|full| full.kind()), Err(std::io::ErrorKind::StorageFull));
        let length = filler.metadata().expect("it is there").len();
        filler.set_len(length - but).expect("it can be shorter");
    }

    /// Makes room on its small disk.
    pub fn make_room(&self) {
        std::fs::remove_file(self.filler()).expect("there is room");
    }

    /// The file that fills its disk, as it is seen from outside.
    fn filler(&self) -> PathBuf {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let id = server.as_ref().expect("it runs").id.to_string();
        let disk = self.disk.as_ref().expect("it has a small disk");
        let inside = disk.strip_prefix("/").expect("from the root");
        Path::new("/proc").join(id).join("root").join(inside).join("filler")
    }

    /// Has it speak in secret and not otherwise; the file with the certificate that it shows.
    pub fn encrypt(&self) -> PathBuf {
        let [certificate, key] = ["server.crt", "server.key"].map(|name| self.directory.join(name));
        let mut made = self.as_nobody("/usr/bin/openssl");
        made.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]);
        made.args(["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]);
        made.args(["-addext", "basicConstraints=critical,CA:FALSE", "-out"]).arg(&certificate);
        let made = made.arg("-keyout").arg(&key).output().expect("it can be called");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        self.stop();
        let add = |name: &str, lines: &str, anew: bool| {
            let path = self.directory.join(name);
            let before =
                if anew { String::new() } else { std::fs::read_to_string(&path).expect("text") };
            std::fs::write(&path, before + lines).expect("it is ours");
        };
        add("postgresql.conf", "\nssl = on\n", false);
        add("pg_hba.conf", "hostssl all all 127.0.0.1/32 trust\n", true);
        self.go_on();
        certificate
    }

    /// Sends a signal to the server.
    fn signal(&self, signal: &str) {
        if let Some(server) = &*self.server.lock().unwrap_or_else(PoisonError::into_inner) {
            let sent =
                Command::new("kill").args([&format!("-{signal}"), &server.id.to_string()]).status();
            assert!(sent.is_ok_and(|sent| sent.success()), "{signal}");
        }
    }

    fn database(self: Arc<Cluster>) -> Database {
        let name = format!("paidan_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let url = |name: &str| format!("postgres://postgres@127.0.0.1:{}/{name}", self.port);
        self.psql(&url("postgres"), &format!("create database {name}"));
        Database { url: url(&name), cluster: Arc::clone(&self) }
    }

    fn psql(&self, url: &str, statements: &str) {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", statements]);
        let told = psql.output().expect("it can be called");
        assert!(told.status.success(), "{statements}: {}", String::from_utf8_lossy(&told.stderr));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.signal("QUIT");
        if let Some(server) = self.server.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = server.ended.recv();
        }
        let _ = std::fs::remove_dir_all(&self.directory);
        if let Some(disk) = &self.disk {
            let _ = std::fs::remove_dir(disk);
        }
    }
}

/// How a server is called that has what is in a directory on a disk of its own, at a folder that is empty to all others.
fn on_disk(server: &Command, directory: &Path, disk: &Path) -> Command {
    std::fs::create_dir_all(disk).expect("a folder");
    let script = format!(
        "mount -t tmpfs -o size={SMALL},mode=755 tmpfs {0} && cp -a {1} {0}/data && exec \"$@\"",
        disk.display(),
        directory.display()
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", &script, "sh"]).arg(server.get_program());
    command.args(server.get_args()).current_dir("/");
    command
}

/// Whether a process may mount something that it alone sees.
fn mounts() -> bool {
    let tried =
        Command::new("unshare").args(["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    tried.is_ok_and(|tried| tried.status.success())
}

/// The programs of the latest version that is installed.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(INSTALLED).ok()?;
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let found = versions.filter_map(|entry| {
        let path = entry.ok()?.path();
        Some((number(&path).filter(|&number| number >= OLDEST)?, path.join("bin")))
    });
    let (_, programs) = found.filter(|(_, programs)| programs.join("postgres").exists()).max()?;
    Some(programs)
}

fn is_root() -> bool {
    let told = Command::new("id").arg("-u").output();
    told.is_ok_and(|told| told.stdout.trim_ascii() == b"0")
}
