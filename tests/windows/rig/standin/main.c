/* main.c - a stand-in for MicroSIP 3.22.3 and, built with GENERATION_16, 3.22.16: a real Win32 program that owns the window, the ini file
 * and the command line as the real phone does, keeps its settings in memory, writes all of them back
 * at exit, and logs what it was told to <exe folder>\standin.log (log.c). It makes no calls.
 *
 * Events: start ini moved created converted unprepared migrated password autostart loaded window
 * status hook shortcuts imported ready copydata switch verb account dialled undialled message dropped close ignored saved
 * reset exit test error. "dialled" and "message" are what a mistaken switch leads to.
 *
 * What tests ask for, from the environment or from section [Standin] of the ini (kept there):
 *   STANDIN_START_DELAY_MS startDelayMs   sleep before there is a window
 *   STANDIN_READY_DELAY_MS readyDelayMs   sleep between the window and the running SIP stack
 *   STANDIN_EXIT_DELAY_MS  exitDelayMs    sleep between WM_CLOSE and the save
 *   STANDIN_LINGER_MS      lingerMs       sleep between the save and the end of the process (50)
 *   STANDIN_WINDOW_FIRST   windowFirst    the window goes first, then exitDelayMs, then the save
 *   STANDIN_IGNORE_CLOSE   ignoreClose    WM_CLOSE does nothing
 *   STANDIN_HANG_ON_CLOSE  hangOnClose    WM_CLOSE never returns
 *   STANDIN_HUNG           hung           there is a window, but no message is ever answered
 *   STANDIN_DIE_MS         dieMs          the process ends so long after it is ready, with exit code 1
 *   STANDIN_COMMANDS       commands       test commands for the start, joined by |  (commands.c);
 *                                         WM_COPYDATA with dwData 0x5354 gives one at any time
 */
#include "standin.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

BOOL ignore_close, hang_on_close, window_first;
unsigned exit_delay, linger;

static void option_text(const wchar_t *variable, const wchar_t *key, wchar_t *text, DWORD size)
{
    if (!GetEnvironmentVariableW(variable, text, size))
        GetPrivateProfileStringW(L"Standin", key, L"", text, size, ini);
}

unsigned option(const wchar_t *variable, const wchar_t *key)
{
    wchar_t text[32] = L"";
    option_text(variable, key, text, 32);
    return wcstoul(text, NULL, 10);
}

static void read_options(void)
{
    wchar_t text[32] = L"";
    option_text(L"STANDIN_LINGER_MS", L"lingerMs", text, 32);
    linger = *text ? wcstoul(text, NULL, 10) : 50;
    exit_delay = option(L"STANDIN_EXIT_DELAY_MS", L"exitDelayMs");
    window_first = option(L"STANDIN_WINDOW_FIRST", L"windowFirst") != 0;
    ignore_close = option(L"STANDIN_IGNORE_CLOSE", L"ignoreClose") != 0;
    hang_on_close = option(L"STANDIN_HANG_ON_CLOSE", L"hangOnClose") != 0;
}

static void start_commands(void)
{
    static wchar_t text[4096];
    text[0] = 0;
    option_text(L"STANDIN_COMMANDS", L"commands", text, 4096);
    wchar_t *rest = NULL;
    for (wchar_t *command = wcstok_s(text, L"|", &rest); command; command = wcstok_s(NULL, L"|", &rest))
        test_command(command);
}

/* The window of another process of this very program. */
static BOOL CALLBACK same_program(HWND window, LPARAM found)
{
    wchar_t name[64], path[PATH_MAX_W];
    DWORD pid = 0, size = PATH_MAX_W;
    GetWindowThreadProcessId(window, &pid);
    if (pid == GetCurrentProcessId() || GetWindow(window, GW_OWNER)) return TRUE;
    if (!GetClassNameW(window, name, 64) || wcscmp(name, L"MicroSIP")) return TRUE;
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    if (!process) return TRUE;
    BOOL same = QueryFullProcessImageNameW(process, 0, path, &size) && same_text(path, exe_path);
    CloseHandle(process);
    if (same) *(HWND *)found = window;
    return !same;
}

/* An error box that waits for a person, then the end. */
void fatal(const wchar_t *message)
{
    wchar_t text[PATH_MAX_W + 256];
    swprintf(text, PATH_MAX_W + 256, L"%ls: %ls", message, ini);
    note(L"box", text);
    MessageBoxW(NULL, text, L"MicroSIP", MB_ICONERROR);
    note(L"exit", L"error");
    ExitProcess(1);
}

static void leave(const wchar_t *why)
{
    note(L"exit", why);
    ExitProcess(0);
}

/* The command lines that need no window of our own: they end this process. */
static void forward(const wchar_t *arguments)
{
    HWND other = NULL;
    EnumWindows(same_program, (LPARAM)&other);
    if (!wcscmp(arguments, L"/exit")) {
        if (other && MODERN) {
            ShowWindow(other, SW_HIDE);
            SendMessageW(other, WM_COMMAND, ID_EXIT, 0);
        } else if (other) SendMessageW(other, WM_CLOSE, 0, 0);
        leave(other ? L"closed the running one" : L"none was running");
    }
    if (!other) {
        if (!wcscmp(arguments, L"/answer") || !wcscmp(arguments, L"/hangupall")) leave(L"none was running");
        return;
    }
    if (!wcscmp(arguments, L"/minimized")) leave(L"runs already");
    COPYDATASTRUCT data = {1, (DWORD)((wcslen(arguments) + 1) * sizeof *arguments), (void *)arguments};
    leave(SendMessageW(other, WM_COPYDATA, 0, (LPARAM)&data) ? L"not taken" : L"handed over");
}

/* A due look for updates (always due in a fresh ini) saves everything. */
static void check_updates(void)
{
    static const struct { const wchar_t *name; int days; } intervals[] = {
        {L"never", -1}, {L"always", 0}, {L"daily", 1}, {L"monthly", 30}, {L"quarterly", 90},
    };
    int days = 7;
    wchar_t now[32];
    for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++)
        if (!wcscmp(setting(L"updatesInterval"), intervals[i].name)) days = intervals[i].days;
    GetPrivateProfileStringW(L"Global", L"checkUpdatesTime", L"", now, 32, ini);
    long long last = MODERN ? wcstol(now, NULL, 10) : setting_int(L"checkUpdatesTime");
    if (days < 0 || time(NULL) < last + days * 86400LL) return;
    swprintf(now, 32, L"%lld", (long long)time(NULL));
    if (!MODERN) set_setting(L"checkUpdatesTime", now);      /* later ones do not keep it */
    save_settings();
}

static unsigned die_after;

static DWORD WINAPI die(void *unused)
{
    (void)unused;
    Sleep(die_after);
    ExitProcess(1);
}

static int run(HINSTANCE instance, const wchar_t *arguments)
{
    BOOL minimized = !wcscmp(arguments, L"/minimized");
    read_options();
    Sleep(option(L"STANDIN_START_DELAY_MS", L"startDelayMs"));
    if (MODERN && !open_database()) fatal(L"Unable to open call log");
    if (!open_window(instance, (minimized && !first_run) || setting_int(L"minimized"))) {
        note(L"error", L"no window");
        return 3;
    }
    if (option(L"STANDIN_HUNG", L"hung")) Sleep(INFINITE);
    Sleep(option(L"STANDIN_READY_DELAY_MS", L"readyDelayMs"));
    import_contacts();
    if (MODERN) import_calls();
    check_updates();
    stack_up = TRUE;
    start_commands();
    note(L"ready", NULL);
    if (!minimized && *arguments) command_line(arguments, TRUE);
    if ((die_after = option(L"STANDIN_DIE_MS", L"dieMs"))) CloseHandle(CreateThread(NULL, 0, die, NULL, 0, NULL));
    MSG message;
    while (GetMessageW(&message, NULL, 0, 0) > 0) {
        TranslateMessage(&message);
        DispatchMessageW(&message);
    }
    if (window_first) {
        Sleep(exit_delay);
        save_settings();
    }
    Sleep(linger);
    note(L"exit", L"window closed");
    return 0;
}

int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, LPWSTR arguments, int show)
{
    (void)previous, (void)show;
    locate();
    note(L"start", arguments);
    if (!wcscmp(arguments, L"/reset") || !wcscmp(arguments, L"/resetnoask")) {
        note(L"reset", arguments);           /* the real one deletes the user's data here */
        return 0;
    }
    note(L"ini", ini);
    prepare_ini();
    set_autostart();
    load_settings();
    load_accounts();
    note(L"loaded", installed ? L"installed" : L"portable");
    forward(arguments);
    return run(instance, arguments);
}
