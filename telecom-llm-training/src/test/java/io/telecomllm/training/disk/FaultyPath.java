package io.telecomllm.training.disk;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/** Paths of the default file system that say they belong to a {@link FaultyDisk}. */
record FaultyPath(FaultyDisk disk, Path real) implements InvocationHandler {
  static Path wrap(FaultyDisk disk, Path real) {
    return (Path)
        Proxy.newProxyInstance(
            Path.class.getClassLoader(), new Class<?>[] {Path.class}, new FaultyPath(disk, real));
  }

  /** The path below; one of the default file system is its own. */
  static Path unwrap(Path path) {
    return of(path) instanceof FaultyPath faulty ? faulty.real() : path;
  }

  private static Object of(Object value) {
    return value != null && Proxy.isProxyClass(value.getClass())
        ? Proxy.getInvocationHandler(value)
        : value;
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    return switch (method.getName()) {
      case "getFileSystem" -> disk.files();
      // who asks for it would go past the disk
      case "toFile" ->
          throw new UnsupportedOperationException(real + " is not of the default file system");
      case "equals" -> of(arguments[0]) instanceof FaultyPath other && real.equals(other.real());
      case "toRealPath" -> disk.operation("resolve", real, () -> wrapped(method, arguments));
      default -> wrapped(method, arguments);
    };
  }

  private Object wrapped(Method method, Object[] arguments) throws IOException {
    Object[] unwrapped = arguments == null ? new Object[0] : arguments.clone();
    for (int i = 0; i < unwrapped.length; i++) {
      unwrapped[i] = of(unwrapped[i]) instanceof FaultyPath faulty ? faulty.real() : unwrapped[i];
    }
    try {
      Object result = method.invoke(real, unwrapped);
      return result instanceof Path path ? wrap(disk, path) : result;
    } catch (InvocationTargetException e) {
      Throwables.throwIfInstanceOf(e.getCause(), IOException.class);
      Throwables.throwIfUnchecked(e.getCause());
      throw new AssertionError(e);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
