/* standin.h - what the parts of the stand-in phone share. See main.c for what it is. */
#ifndef STANDIN_H
#define STANDIN_H
#ifndef UNICODE
#define UNICODE
#define _UNICODE
#endif
#include <windows.h>

#define PATH_MAX_W 4096      /* characters of a path */
#define ID_EXIT 32784        /* the menu's Exit, as WM_COMMAND */
#define TEXT_MAX_W 65536     /* characters of a value, a list of names, a command line */
#ifdef GENERATION_16         /* the second build; what differs is asked with if (MODERN) */
#define MODERN 1
#define VERSION L"3.22.16"
#else
#define MODERN 0
#define VERSION L"3.22.3"
#endif

enum call { NO_CALL, CALLING, INCOMING, CONNECTING, CONNECTED, ON_HOLD };

/* log.c */
void note(const wchar_t *event, const wchar_t *text);
void notef(const wchar_t *event, const wchar_t *format, ...);

/* place.c: where the files are, and whether this is an installed phone */
extern wchar_t exe_path[PATH_MAX_W], folder[PATH_MAX_W], ini[PATH_MAX_W], contacts[PATH_MAX_W], log_file[PATH_MAX_W];
extern wchar_t data_folder[PATH_MAX_W];
extern BOOL installed, first_run;
BOOL same_text(const wchar_t *a, const wchar_t *b);
void locate(void);
void prepare_ini(void);
void set_autostart(void);

/* settings.c: [Settings] in memory */
typedef enum { TEXT, QUOTED, NUMBER, FLAG, ONE, NOT0, LEVEL, DTMF, REFRESH, KEEPALIVE, HIDE } Reader;
typedef struct { const wchar_t *name; Reader reader; const wchar_t *fallback; unsigned limit; } Key;
void read_value(const wchar_t *section, const Key *key, wchar_t *value);
void write_value(const wchar_t *section, const Key *key, const wchar_t *value);
void load_settings(void);
void save_settings(void);
const wchar_t *setting(const wchar_t *name);
int setting_int(const wchar_t *name);
BOOL set_setting(const wchar_t *name, const wchar_t *value);
extern const Key *const account_keys;
extern const unsigned account_key_count;

/* accounts.c: accountId, passwords, the legacy account */
extern int account_id;
extern wchar_t account_title[256], account_server[1041], account_username[1041];
void load_accounts(void);
BOOL load_account(int number);
BOOL select_account(int number);
void load_all_accounts(void);
void save_password(int number, const wchar_t *plain);
void save_account(int number);

/* history.c: [Dialed], [Calls], [Contacts], [Shortcuts] */
void add_dialled(const wchar_t *number);
int add_call(const wchar_t *number, int type);
void end_call(int key, const wchar_t *number, int type, unsigned seconds);
void import_contacts(void);
void save_shortcuts(void);

/* database.c: call_log.db, from 3.22.5 on */
BOOL open_database(void);
void import_calls(void);
int insert_call(const wchar_t *number, int type);
void update_call(int id, int type, unsigned seconds, const wchar_t *info);

/* window.c: the main window, the signs of a call */
extern HWND main_window;
extern BOOL stack_up;
BOOL open_window(HINSTANCE instance, BOOL hidden);
void show_window(void);
void set_call(enum call state, const wchar_t *number);
enum call call_state(void);
void update_title(void);
void set_status(const wchar_t *text);
void set_ringing_title(const wchar_t *text);
void set_calls(int count);
void show_dialog(const wchar_t *ids);

/* commands.c: the command line of a running phone */
void command_line(const wchar_t *text, BOOL cold);
void test_command(const wchar_t *text);

/* main.c: what tests ask for */
void fatal(const wchar_t *message);
unsigned option(const wchar_t *variable, const wchar_t *key);
extern BOOL ignore_close, hang_on_close, window_first;
extern unsigned exit_delay, linger;

#endif
